/** `keel vm define`: new VMs, from documents or from a libvirt domain XML. */
import { canonicalJson } from "../../reconciler/desired/canonical-json.ts";
import { isMap, type MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import { patchDocument } from "../../reconciler/desired/edit/edit-text.ts";
import { defaultFile } from "../../reconciler/desired/edit/plan-edits.ts";
import { importDomain } from "../../reconciler/desired/import/import-domain.ts";
import { legalName } from "../../reconciler/desired/legal-name.ts";
import { isXmlText } from "../../reconciler/desired/resolve/domain-xml.ts";
import type { VmDocument } from "../../reconciler/desired/schema/documents.ts";
import { readYaml } from "../../reconciler/desired/yaml/read-yaml.ts";
import { documentYaml } from "../../reconciler/desired/yaml/write-yaml.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId, type ObjectId, parseObjectId, type VmName } from "../../reconciler/model/names.ts";
import { shownId } from "../output/object-names.ts";
import { vmIs } from "./goals.ts";
import type { Ground, Intent, Verb } from "./verb.ts";

export interface Definition {
  readonly text: string;
  /** As the user named it: for messages. */
  readonly file: string;
  /** Fields that every VM of it gets besides, as `keel vm meta` would set them. */
  readonly fields: MergePatch;
}

/** New objects, and the files that say so. */
interface Defined {
  readonly documents: ReadonlyMap<ObjectId, unknown>;
  readonly texts: ReadonlyMap<string, string>;
  readonly remarks: readonly string[];
}

/** Documents become a file of the folder, byte for byte but for `fields`; a domain XML is kept as it is, beside its document. */
export function defineVms(definition: Definition): Verb {
  const what = `Defining what ${definition.file} says`;
  return {
    what,
    intend: (ground) => {
      const isXml = isXmlText(definition.text);
      const defined = isXml ? definedByXml(definition, ground, what) : definedByYaml(definition, what);
      const ids = [...defined.documents.keys()];
      if (saysAll(ground, defined, what))
        return { edits: ids.map((id) => ({ id, patch: {}, fields: null })), goals: [] };
      const { texts, remarks } = defined;
      return { edits: [], goals: goalsOf(defined), newFiles: { texts, ids }, remarks };
    },
  };
}

function definedByYaml({ text, fields }: Definition, what: string): Defined {
  const names = readYaml(text).map(({ value }) => nameIn(value, what));
  const [first] = names;
  if (first === undefined) throw refused(what, "it holds no document", "Write kind: VM, name and memory.");
  const edited = names.reduce((before, name) => withFields(before, name, fields, what), text);
  const documents = readYaml(edited).map(
    ({ value }) => [objectId("VM", nameIn(value, what)), value] as const,
  );
  const texts = new Map([[defaultFile(objectId("VM", first)), edited]]);
  return { documents: new Map(documents), texts, remarks: [] };
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

function withFields(text: string, name: VmName, fields: MergePatch, what: string): string {
  const edited = patchDocument(text, objectId("VM", name), fields);
  if (edited.ok) return edited.text ?? "";
  const { message, advice } = edited.refusal;
  throw refused(what, `vm/${name}: ${message}`, `Write the fields into the file: ${advice}.`);
}

function definedByXml({ text, fields }: Definition, { folder }: Ground, what: string): Defined {
  const bridges = [...folder.desired.networks.values()].flatMap(({ type, bridge, name }) =>
    type === "bridge" && bridge != null ? [[bridge, name] as const] : [],
  );
  const result = importDomain(text, new Map(bridges), "unknown");
  if (!result.ok) throw refused(what, result.why, "Write <name> and <memory> of one domain.");
  const { document, networks, xml, remarks } = result.imported;
  const id = objectId("VM", document.name);
  const yamlFile = defaultFile(id);
  const xmlFile = yamlFile.replace(/yaml$/, "xml");
  const yaml = [{ ...document, domain: { ...document.domain, xml: xmlFile } }, ...networks]
    .map((each) => documentYaml(each, "\n"))
    .join("---\n");
  const edited = withFields(yaml, document.name, fields, what);
  const [vm] = readYaml(edited);
  const inlined = isMap(vm?.value) ? { ...vm.value, domain: { ...document.domain, xml } } : null;
  return {
    documents: new Map<ObjectId, unknown>([
      [id, inlined],
      ...networks.map((network) => [objectId("Network", network.name), network] as const),
    ]),
    // A reader who comes in between finds a file that nothing names, not a name of no file.
    texts: new Map([
      [xmlFile, text],
      [yamlFile, edited],
    ]),
    remarks: [...remarks.map((remark) => `${document.name}: ${remark}`), startRemark(document)],
  };
}

function startRemark({ name, state }: VmDocument): string {
  return state === "disabled"
    ? `${name} runs where the XML was written, by its id: it is disabled here. Undefine it there, then \`keel vm start ${name}\`.`
    : `${name} is off, as in the XML: \`keel vm start ${name}\` starts it.`;
}

/** Whether the folder says just that. @throws KeelError `refused` where it says something else of one of them */
function saysAll({ folder }: Ground, { documents }: Defined, what: string): boolean {
  const known = [...documents.keys()].filter((id) => folder.documents.has(id));
  const other = known.find(
    (id) => canonicalJson(folder.documents.get(id)) !== canonicalJson(documents.get(id)),
  );
  if (other === undefined && known.length === documents.size) return true;
  const [met = other] = known;
  if (met === undefined) return false;
  const source = folder.desired.sources.get(met);
  const where = source === undefined ? "" : ` in ${source.file}:${source.line}`;
  throw refused(what, `${shownId(met)} is defined already${where}`, "Edit it there, or with `keel vm meta`.");
}

function goalsOf({ documents }: Defined): Intent["goals"] {
  return [...documents].flatMap(([id, document]) => {
    const isWanted = isMap(document) && (document["state"] ?? "running") === "running";
    const { kind, name } = parseObjectId(id);
    return kind === "VM" && isWanted ? [vmIs(name, "running")] : [];
  });
}

function refused(what: string, why: string, advice: string): KeelError {
  return new KeelError("refused", { what, why, advice });
}
