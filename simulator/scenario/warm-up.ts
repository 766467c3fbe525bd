/** How a scenario's cluster comes to be running before its first moment: by the same planner and agents as after it. */
import { isMap } from "../../reconciler/desired/edit/merge-patch.ts";
import type { NodeName, ObjectId } from "../../reconciler/model/names.ts";
import type { Scenario } from "./scenario.ts";

/** Time before the beginning in which agents come alive, a leader is elected and guests are started: at most so long. */
export const warmUpMs = 300_000;

/** What keeps a guest from running where a scenario says that it does. */
const lifted: Readonly<Record<string, readonly string[]>> = {
  Node: ["state", "maintenance"],
  VM: ["limits", "apart", "state", "migrate", "renamedFrom"],
  Profile: ["limits", "apart", "state"],
};

/** The documents, with just the VMs of `start:`, each asked to run where it is said to. */
export function warmUpDocuments({ objects, start }: Scenario): ReadonlyMap<ObjectId, unknown> {
  const documents = new Map<ObjectId, unknown>();
  for (const [id, object] of objects) {
    if (!isMap(object)) continue;
    const [kind = "", name = ""] = id.split("/");
    const node = start.get(name);
    const bare = without(object, lifted[kind] ?? []);
    if (kind === "Cluster")
      documents.set(id, { ...without(bare, ["maintenance"]), reserve: { memory: "0%" } });
    else if (kind !== "VM") documents.set(id, bare);
    else if (node !== undefined) documents.set(id, { ...bare, ...placed(bare, node) });
  }
  if (![...documents.keys()].some((id) => id.startsWith("Cluster/"))) {
    documents.set("Cluster/default", { kind: "Cluster", name: "default", reserve: { memory: "0%" } });
  }
  return documents;
}

function placed(vm: Readonly<Record<string, unknown>>, node: NodeName): Readonly<Record<string, unknown>> {
  const home = vm["node"];
  return typeof home === "string" && home !== node ? { node: home, migrate: node } : { node };
}

function without(
  object: Readonly<Record<string, unknown>>,
  fields: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !fields.includes(key)));
}
