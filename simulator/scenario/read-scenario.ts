/** A scenario file, read strictly: every fault of it is told, with its place. */
import { renderIssues } from "../../reconciler/desired/issues/render-issues.ts";
import type { LoadResult } from "../../reconciler/desired/load-result.ts";
import { locate } from "../../reconciler/desired/yaml/locate.ts";
import { readYaml } from "../../reconciler/desired/yaml/read-yaml.ts";
import { TextLines } from "../../reconciler/desired/yaml/text-lines.ts";
import { kinds, objectId, type ObjectId } from "../../reconciler/model/names.ts";
import { type Fault, FieldReader, type Fields, isFields } from "./fields.ts";
import { readEvents } from "./read-events.ts";
import { readHardware } from "./read-hardware.ts";
import type { Expectations, Scenario } from "./scenario.ts";
import { ScenarioError } from "./scenario-error.ts";

const keys = [
  "objects",
  "cluster",
  "hardware",
  "start",
  "seed",
  "events",
  "until",
  "limit",
  "expect",
] as const;
const hourMs = 3_600_000;

/** Loads the folder that `cluster:` names, relative to the scenario. */
export type LoadCluster = (folder: string) => Promise<LoadResult>;

/** @param path names the file in messages. @throws ScenarioError */
export async function readScenario(text: string, path: string, load: LoadCluster): Promise<Scenario> {
  const [document, second] = readYaml(text);
  if (document === undefined) throw new ScenarioError([`${path}: the file is empty`]);
  if (second !== undefined) throw new ScenarioError([`${path}: a scenario is one document, without ---`]);
  const lines = new TextLines(text);
  const place = (offset: number) => {
    const { line, column } = lines.at(offset);
    return `${path}:${line}:${column}`;
  };
  if (document.problems.length > 0) {
    throw new ScenarioError(document.problems.map((p) => `${place(p.start)}: ${p.message}; ${p.advice}`));
  }
  const reader = new FieldReader();
  const fields = reader.map(document.value, [], keys);
  const scenario = await readFields(reader, fields, load);
  if (reader.faults.length > 0) {
    throw new ScenarioError(
      reader.faults.map((fault) => {
        const [offset] = locate(document.ast, { path: fault.path, at: "value" });
        return `${place(offset)}: ${named(fault)}`;
      }),
    );
  }
  return scenario;
}

/** A scenario that comes from no file. @throws ScenarioError */
export async function scenarioFrom(value: unknown): Promise<Scenario> {
  const reader = new FieldReader();
  const fields = reader.map(value, [], keys);
  const scenario = await readFields(reader, fields, () => Promise.reject(new Error("there is no folder")));
  if (reader.faults.length > 0) throw new ScenarioError(reader.faults.map(named));
  return scenario;
}

async function readFields(reader: FieldReader, fields: Fields, load: LoadCluster): Promise<Scenario> {
  const objects = await readObjects(reader, fields, load);
  const nodes = [...objects.keys()].filter((id) => id.startsWith("Node/")).map((id) => id.slice(5));
  return {
    objects,
    hardware: readHardware(reader, fields["hardware"], nodes),
    start: readStart(reader, fields["start"], objects),
    seed: reader.number(fields["seed"], ["seed"], 1),
    events: readEvents(reader, fields["events"]),
    until: readUntil(reader, fields["until"]),
    limit: reader.durationMs(fields["limit"], ["limit"], hourMs),
    expect: readExpectations(reader, fields["expect"]),
  };
}

async function readObjects(
  reader: FieldReader,
  fields: Fields,
  load: LoadCluster,
): Promise<ReadonlyMap<ObjectId, unknown>> {
  const { cluster } = fields;
  if ((cluster === undefined) === (fields["objects"] === undefined)) {
    reader.fault([], "needs either objects: or cluster:");
    return new Map();
  }
  if (cluster !== undefined) return readFolder(reader, reader.text(cluster, ["cluster"]), load);
  const objects = new Map<ObjectId, unknown>();
  const documents = reader.list(fields["objects"], ["objects"]);
  if (Array.isArray(fields["objects"]) && documents.length === 0)
    reader.fault(["objects"], "is empty; name at least a node, such as {kind: Node, name: hv1}");
  for (const [index, object] of documents.entries()) {
    const at = ["objects", String(index)];
    const kind = isFields(object) ? kinds.find((known) => known === object["kind"]) : undefined;
    const name = isFields(object) ? object["name"] : undefined;
    if (kind === undefined) reader.fault(at, `needs a kind: one of ${kinds.join(", ")}`);
    else if (typeof name !== "string") reader.fault(at, "needs a name");
    else if (objects.has(objectId(kind, name))) reader.fault(at, `${kind}/${name} is there twice`);
    else objects.set(objectId(kind, name), object);
  }
  return objects;
}

async function readFolder(
  reader: FieldReader,
  folder: string,
  load: LoadCluster,
): Promise<ReadonlyMap<ObjectId, unknown>> {
  const loaded = await load(folder);
  if (loaded.ok) return loaded.documents;
  reader.fault(["cluster"], `cannot be used:\n${renderIssues(loaded.issues).trimEnd()}`);
  return new Map();
}

function readStart(
  reader: FieldReader,
  value: unknown,
  objects: ReadonlyMap<ObjectId, unknown>,
): ReadonlyMap<string, string> {
  const start = new Map<string, string>();
  for (const [vm, node] of Object.entries(reader.map(value, ["start"], null))) {
    const name = reader.text(node, ["start", vm]);
    if (!objects.has(objectId("VM", vm))) reader.fault(["start", vm], `there is no VM ${vm}`);
    else if (!objects.has(objectId("Node", name))) reader.fault(["start", vm], `there is no node ${name}`);
    else start.set(vm, name);
  }
  return start;
}

function readUntil(reader: FieldReader, value: unknown): Scenario["until"] {
  if (value === undefined || value === "settled") return "settled";
  return reader.durationMs(value, ["until"], 0);
}

function readExpectations(reader: FieldReader, value: unknown): Expectations {
  const fields = reader.map(value, ["expect"], ["vms", "nodes"]);
  return {
    vms: reader.map(fields["vms"], ["expect", "vms"], null),
    nodes: reader.map(fields["nodes"], ["expect", "nodes"], null),
  };
}

function named({ path, message }: Fault): string {
  const name = path.reduce(
    (text, part) => text + (/^\d+$/.test(part) ? `[${part}]` : `${text && "."}${part}`),
    "",
  );
  return name === "" ? `the scenario ${message}` : `${name}: ${message}`;
}
