/** `maintenance:` of the Cluster, or of a Node. */
import { formatTime } from "../../reconciler/desired/times.ts";
import { type NodeName, objectId } from "../../reconciler/model/names.ts";
import { maintenanceIs } from "./goals.ts";
import { namesMeant } from "./subjects.ts";
import type { Ground, Verb } from "./verb.ts";

export interface WantedMaintenance {
  readonly reason: string;
  /** Epoch milliseconds; null: until it is switched off. */
  readonly until: number | null;
}

/** `node`: null: of the whole cluster. `wanted`: null: off. */
export function setMaintenance(node: NodeName | null, wanted: WantedMaintenance | null): Verb {
  return {
    what: `Switching maintenance ${wanted === null ? "off" : "on"}`,
    intend: ({ folder }) => {
      const id = subject(folder, node);
      const document = folder.documents.get(id);
      const isSaid = document !== undefined && "maintenance" in document;
      return {
        edits: [{ id, patch: patchOf(wanted, isSaid), fields: ["maintenance"] }],
        goals: [maintenanceIs(node, wanted !== null)],
      };
    },
  };
}

/** @throws KeelError `not-found` */
function subject({ desired }: Ground["folder"], node: NodeName | null) {
  if (node === null) return objectId("Cluster", desired.cluster.name);
  const [name = node] = namesMeant([node], "Node", new Set(desired.nodes.keys()));
  return objectId("Node", name);
}

function patchOf(wanted: WantedMaintenance | null, isSaid: boolean) {
  if (wanted === null) return isSaid ? { maintenance: null } : {};
  const { reason, until } = wanted;
  return { maintenance: { reason, ...(until === null ? {} : { until: formatTime(until) }) } };
}
