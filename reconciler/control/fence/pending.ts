import type { FenceRecord } from "../../model/fence.ts";
import type { ClusterState } from "../cluster-state.ts";

/** Whether fencing goes on by itself from here, without anybody's doing: then the node is not yet what it will be. */
export function isFencingPending(record: FenceRecord, state: ClusterState): boolean {
  switch (record.phase) {
    case "suspect":
      return record.why === null;
    case "lost":
      return record.why === null || record.why.code === "fence-in-turn";
    case "cutting":
    case "proven":
    case "recovering":
      return true;
    case "failed":
      return record.round > 0;
    case "done":
      return record.powerOn === "wanted";
    case "closed": {
      const mayReturn = state.desired.cluster.fencing.return.mode === "auto" && record.history.length < 2;
      return record.quarantine !== null && mayReturn;
    }
  }
}
