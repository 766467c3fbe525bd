import type { Cluster, Maintenance } from "../../model/desired.ts";
import { parseDuration } from "../durations.ts";
import { parseReserve } from "../reserve.ts";
import type { ClusterDocument } from "../schema/documents.ts";
import { clusterDefaults } from "../schema/defaults.ts";
import { parseTime } from "../times.ts";
import { exact } from "./exact.ts";

/** The cluster with its defaults; undefined: no document, so all of them. */
export function resolveCluster(document: ClusterDocument | undefined): Cluster {
  const fencing = { ...clusterDefaults.fencing, ...document?.fencing };
  const reserve = document?.reserve?.memory ?? clusterDefaults.reserve.memory;
  return {
    name: document?.name ?? clusterDefaults.name,
    maintenance: resolveMaintenance(document?.maintenance ?? clusterDefaults.maintenance),
    selector: document?.selector ?? clusterDefaults.selector,
    fencing: {
      leaseMs: exact(parseDuration(fencing.lease)),
      graceMs: exact(parseDuration(fencing.grace)),
      methods: fencing.methods,
      powerOn: fencing.powerOn,
      return:
        fencing.return === "manual"
          ? { mode: "manual" }
          : { mode: "auto", afterMs: exact(parseDuration(fencing.return.auto)) },
    },
    reconcile: { mode: document?.reconcile?.mode ?? clusterDefaults.reconcile.mode },
    bounds: { ...clusterDefaults.bounds, ...document?.bounds },
    reserve: { memory: exact(parseReserve(reserve)) },
  };
}

/** `true`, `false`, or a map, which means it is on. */
export function resolveMaintenance(written: NonNullable<ClusterDocument["maintenance"]>): Maintenance {
  if (typeof written === "boolean") return { on: written, reason: null, until: null };
  const until = written.until === undefined ? null : exact(parseTime(written.until));
  return { on: true, reason: written.reason ?? null, until };
}
