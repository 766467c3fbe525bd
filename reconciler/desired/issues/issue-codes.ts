/**
 * Every problem that the desired state can have, by its permanent name. `text` says what it means and why it is one;
 * the issue itself says where, and what to write instead.
 */
export const issueCodes = {
  "folder.missing": error("The folder is not there. That is never read as: everything was removed."),
  "folder.unreadable": error("The folder, or one below it, can not be read. Nothing of it is believed."),
  "folder.unsettled": error("The folder kept changing while it was read, so no state of it was seen whole."),
  "folder.too-large": error("The folder holds more than what is read in one go."),
  "file.unreadable": error(
    "A file can not be read. What it defines is unknown, which is not the same as gone.",
  ),
  "file.symlink-outside": error(
    "A symbolic link leads out of the folder; what it names is not under your control here.",
  ),
  "file.symlink-loop": error("A symbolic link leads back to a folder that holds it."),
  "file.not-regular": error("A name that ends in .yaml or .yml is neither a file nor a folder."),
  "file.not-text": error("A file is not UTF-8 text. It may have been saved only in part."),
  "file.empty": error("A file has no text at all. It may be in the middle of being saved."),
  "file.too-large": error("A file is larger than what is read."),
  "yaml.syntax": error("The text is not well-formed YAML."),
  "yaml.duplicate-key": error("One map says the same key twice; YAML readers differ in which one counts."),
  "yaml.tab": error(
    "A tab character. YAML forbids it for indentation, and it can not be told from spaces by eye.",
  ),
  "yaml.tag": error("A tag (`!name`). Values have the type that they look like."),
  "yaml.alias": error("An alias that leads nowhere, or aliases that expand to more than is read."),
  "yaml.directive": error("A directive (`%YAML`, `%TAG`). Files are YAML 1.2, and nothing else."),
  "yaml.conflict-marker": error("A merge conflict was left unresolved."),
  "yaml.ambiguous-scalar": error("A word or number that YAML 1.1 and YAML 1.2 read differently."),
  "yaml.empty-value": error("A key without a value. YAML reads it as null, people as half-typed."),
  "yaml.key": error("A key that is not text."),
  "schema.not-a-map": error("A document is not a map of fields."),
  "schema.kind": error("A document has no kind, or one that does not exist."),
  "schema.unknown-key": error("A field that this kind does not have."),
  "schema.missing-key": error("A field that is always needed."),
  "schema.type": error("A value of the wrong type."),
  "schema.value": error("A value that is not one of the possible ones."),
  "schema.range": error("A number outside what is possible."),
  "schema.list": error("A list with too few, too many or repeated entries."),
  "schema.text": error("A text that does not have the needed form."),
  "name.illegal": error(
    "A name is made of a-z, 0-9 and dashes, starts with a letter, and has at most 63 characters.",
  ),
  "unit.size": error(
    "Not a size with an exact meaning. G and Gi mean different things in different programs.",
  ),
  "unit.duration": error("Not a duration: a whole number and ms, s, m or h."),
  "unit.reserve": error("Neither a percentage nor a size."),
  "unit.time": error("Not a time with a zone (RFC 3339)."),
  "object.duplicate": error("Two documents define the same object."),
  "cluster.several": error("More than one Cluster document."),
  "ref.dangling": error("A name that no document defines."),
  "profile.cycle": error("A profile includes itself, directly or through others."),
  "profile.depth": error("Profiles include each other deeper than anyone can follow."),
  "vm.memory-missing": error("A VM without memory, in its own document and in its profiles."),
  "vm.limits-empty": error("Limits without a node: it could run nowhere."),
  "vm.outside-limits": error("A VM is asked to run on a node that its limits exclude."),
  "vm.device-twice": error("Two disks or two network cards of one VM have the same name."),
  "vm.disk-source": error("A disk is both a volume and a file."),
  "vm.disk-size": error("A disk that is to be made has no size."),
  "vm.nic-network": error("A network card is plugged into no network."),
  "volume.used-twice": error("A volume or file has one VM. Two that write to it destroy it."),
  "mac.used-twice": error("Two network cards have the same address."),
  "bmc.used-twice": error("One power device stands for two; it can not prove either off."),
  "bmc.simulated": error("The simulated power device is only for simulated nodes."),
  "bmc.address": error("A power device without an address."),
  "bmc.option": error("A power device is told something that its agent does not know, or must not be told."),
  "bmc.option-value": error("A value that the agent of a power device does not take."),
  "bmc.agent-missing": warning(
    "The fence agent of a power device is not installed here. Without it a reconciler cannot switch the device.",
  ),
  "rename.clash": error("A rename that two VMs claim, or from a name that is still in use."),
  "secret.literal": error("A secret is written into the file. Secrets are references, never values."),
  "secret.path": error("A secret's file is not under the secrets folder, or lies in the desired state."),
  "network.field": error("A network lacks what its type needs."),
  "pool.field": error("A pool says what its type excludes."),
  "domain.xml-missing": error("The domain XML that a VM names is not there, or not readable."),
  "domain.xml-outside": error("The domain XML that a VM names is outside the folder."),
  "domain.xml-illegal": error("The domain XML is not a libvirt domain."),
  "domain.xml-malformed": error("The domain XML is not well-formed."),
  "domain.xml-schema": error("libvirt's schema does not allow what the domain XML says."),
  "domain.xml-device-twice": error("Two devices of the domain XML go by the same name or address."),
  "domain.xml-contradicts": error("The domain XML fixes a figure that the document says otherwise."),
  "domain.xml-overruled": warning("The domain XML says what the document, or Evenkeel, decides."),
  "domain.xml-unchecked": warning(
    "libvirt's schema is not installed here, so the domain XML was checked only in part.",
  ),
  "domain.uuid-used-twice": error("Two VMs have the same UUID in their domain XML."),
  "domain.name-used-twice": error("Two VMs go by the same name in libvirt."),
  "maintenance.bare": warning("Maintenance without a reason and without an end."),
} as const satisfies Record<string, IssueKind>;

export type IssueCode = keyof typeof issueCodes;
export type Severity = "error" | "warning";

interface IssueKind {
  readonly severity: Severity;
  readonly text: string;
}

function error(text: string) {
  return { severity: "error", text } as const;
}

function warning(text: string) {
  return { severity: "warning", text } as const;
}
