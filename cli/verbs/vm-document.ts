/** `keel vm define|rename|forget|protect`: verbs about a VM's document as a whole. */
import { defaultFile } from "../../reconciler/desired/edit/plan-edits.ts";
import { isMap } from "../../reconciler/desired/edit/merge-patch.ts";
import { legalName } from "../../reconciler/desired/legal-name.ts";
import { readYaml } from "../../reconciler/desired/yaml/read-yaml.ts";
import { canonicalJson } from "../../reconciler/desired/canonical-json.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId, type ObjectId, type VmName } from "../../reconciler/model/names.ts";
import { vmIs } from "./goals.ts";
import { shownNames } from "./subjects.ts";
import type { Ground, Intent, Verb } from "./verb.ts";
import { isSaidByProfile, setVmFields, vmsMeant } from "./vm-fields.ts";

/** `text`: documents of VMs, as somebody wrote them; they become a file of the folder, byte for byte. */
export function defineVms(text: string, shownFile: string): Verb {
  const what = `Defining what ${shownFile} says`;
  return {
    what,
    intend: (ground) => {
      const documents = readYaml(text).map(({ value }) => value);
      const names = documents.map((value) => nameIn(value, what));
      const [first] = names;
      if (first === undefined)
        throw refused(what, "it holds no document", "Write kind: VM, name and memory.");
      return saysAll(ground, documents, names, what)
        ? { edits: wholes(names), goals: [] }
        : { edits: [], goals: goalsOf(documents, names), newFile: newFileOf(text, names, first) };
    },
  };
}

function nameIn(value: unknown, what: string): VmName {
  const name = isMap(value) && value["kind"] === "VM" ? value["name"] : null;
  if (typeof name === "string" && legalName(name) === name) return name;
  throw refused(
    what,
    "it holds something else than VMs with a name",
    "Begin each document with kind: VM and its name.",
  );
}

/** Whether the folder says just that. @throws KeelError `refused` where it says something else of one of them */
function saysAll(
  { folder }: Ground,
  documents: readonly unknown[],
  names: readonly VmName[],
  what: string,
): boolean {
  const known = names.filter((name) => folder.documents.has(objectId("VM", name)));
  const other = known.find((name) => {
    const document = documents[names.indexOf(name)];
    return canonicalJson(folder.documents.get(objectId("VM", name))) !== canonicalJson(document);
  });
  if (other === undefined && known.length === names.length) return true;
  const [met = other] = known;
  if (met === undefined) return false;
  const source = folder.desired.sources.get(objectId("VM", met));
  const where = source === undefined ? "" : ` in ${source.file}:${source.line}`;
  throw refused(what, `vm/${met} is defined already${where}`, "Edit it there, or with `keel vm meta`.");
}

function wholes(names: readonly VmName[]): Intent["edits"] {
  return names.map((name) => ({ id: objectId("VM", name), patch: {}, fields: null }));
}

function goalsOf(documents: readonly unknown[], names: readonly VmName[]): Intent["goals"] {
  const wanted = names.filter((_, index) => {
    const document = documents[index];
    return isMap(document) && (document["state"] ?? "running") === "running";
  });
  return wanted.map((name) => vmIs(name, "running"));
}

function newFileOf(text: string, names: readonly VmName[], first: VmName): NonNullable<Intent["newFile"]> {
  const ids = names.map((name): ObjectId => objectId("VM", name));
  return { file: defaultFile(objectId("VM", first)), text, ids };
}

/** UUID, MACs, volumes and place stay. */
export function renameVm(from: string, to: VmName): Verb {
  const what = `Renaming ${shownNames("VM", [from])} to ${to}`;
  return {
    what,
    intend: (ground) => {
      const [vm, ...others] = vmsMeant([from], ground);
      if (vm === undefined || others.length > 0)
        throw refused(what, "one VM is renamed at a time", "Name one.");
      const becomes = objectId("VM", to);
      if (ground.folder.documents.has(becomes)) {
        throw refused(what, `there is a vm/${to} already`, "Choose another name.");
      }
      const patch = { name: to, renamedFrom: vm.name };
      const id = objectId("VM", vm.name);
      return { edits: [{ id, patch, fields: null, becomes }], goals: [] };
    },
  };
}

/** Its document goes; the VM stays as it is, and is nobody's business any more. */
export function forgetVms(written: readonly string[]): Verb {
  return {
    what: `Forgetting ${shownNames("VM", written)}`,
    intend: (ground) => ({
      edits: vmsMeant(written, ground).map(({ name }) => ({
        id: objectId("VM", name),
        patch: null,
        fields: null,
      })),
      goals: [],
    }),
  };
}

export function protectVms(written: readonly string[], protect: boolean): Verb {
  return setVmFields(written, {
    doing: protect ? "Protecting" : "Taking the protection from",
    fields: ["protect"],
    patch: ({ vm, document }, folder) => {
      if (vm.protect === protect) return {};
      return { protect: protect || isSaidByProfile(folder, document, "protect") ? protect : null };
    },
    goal: () => null,
  });
}

function refused(what: string, why: string, advice: string): KeelError {
  return new KeelError("refused", { what, why, advice });
}
