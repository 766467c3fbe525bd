import { type FenceProven, type FenceRecord, isFencedTooOften } from "../../model/fence.ts";
import type { ReasonCode } from "../../model/reasons.ts";
import type { ClusterState } from "../cluster-state.ts";
import { isReleased } from "./release.ts";

/** Why a node is not proven off, where that is tried again. */
const goesOn: ReadonlySet<ReasonCode> = new Set(["fence-in-turn", "fence-failed", "fence-left"]);

/** Whether fencing goes on by itself from here, without anybody's doing: then the node is not yet what it will be. */
export function isFencingPending(record: FenceRecord, state: ClusterState): boolean {
  const maintenance = maintenanceAround(record, state);
  switch (record.phase) {
    case "suspect":
      return record.why === null;
    case "lost":
    case "failed":
      if (record.why?.code === "lost-in-maintenance") return maintenance !== "open-ended";
      if (record.why?.code === "nothing-to-recover") return maintenancePasses(state);
      return record.why === null || goesOn.has(record.why.code);
    case "cutting":
    case "proven":
      return true;
    case "recovering":
      return maintenance !== "open-ended";
    case "done":
      return !isReleased(record) || (isToBePoweredOn(record, state) && maintenance !== "open-ended");
    case "closed": {
      const mayReturn = state.desired.cluster.fencing.return.mode === "auto" && !isFencedTooOften(record);
      return record.quarantine !== null && mayReturn;
    }
  }
}

function isToBePoweredOn(
  { node, powerOn }: Extract<FenceRecord, FenceProven>,
  { desired }: ClusterState,
): boolean {
  return powerOn === "wanted" && (desired.cluster.fencing.powerOn || !desired.nodes.has(node));
}

/** Somewhere it ends by itself, and that node may then take what is lost here. */
function maintenancePasses({ maintenance }: ClusterState): boolean {
  return Object.values(maintenance?.record.nodes ?? {}).some((one) => one.on && one.until !== null);
}

/** open-ended: nothing goes on before somebody ends it. */
function maintenanceAround({ node }: FenceRecord, state: ClusterState): "off" | "passing" | "open-ended" {
  const record = state.maintenance?.record;
  const on = [record?.cluster, record?.nodes[node]].filter((one) => one?.on === true);
  if (on.length === 0) return "off";
  return on.some((one) => one?.until === null) ? "open-ended" : "passing";
}
