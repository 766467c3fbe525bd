import type { MaintenanceRecord } from "../../model/maintenance.ts";
import type { ClusterState } from "../cluster-state.ts";

/** What maintenance is in force: as the leader wrote it down, else as the files that were applied have it. */
export function maintenanceInForce({
  maintenance,
  desired,
}: ClusterState): Pick<MaintenanceRecord, "cluster" | "nodes"> {
  const record = maintenance?.record ?? null;
  return {
    cluster: record?.cluster ?? { ...desired.cluster.maintenance, doubt: false, ending: false },
    nodes: record?.nodes ?? {},
  };
}
