import { nodeStates, vmStates } from "../../model/states.ts";
import type { ClusterReport } from "../../model/report.ts";
import type { StatusReport } from "../../model/status-report.ts";
import type { ClusterState } from "../cluster-state.ts";
import { presentInput } from "../plan-input.ts";
import { planOf, reportCluster } from "./cluster-report.ts";
import { reportSpare } from "./what-if.ts";

/** The cluster at a glance. Looks at the loss of each node, which takes half a second for ten thousand VMs. */
export function reportStatus(state: ClusterState, now: number): StatusReport {
  const report = reportCluster(state, planOf(state, now), now);
  const { cluster, generation, appliedAt, appliedBy, mode, maintenance, nodesInMaintenance, leader } = report;
  return {
    formatVersion: 1,
    cluster,
    generation,
    appliedAt,
    appliedBy,
    mode,
    maintenance,
    nodesInMaintenance,
    leader,
    nodes: countOf(nodeStates, report.nodes),
    vms: countOf(vmStates, report.vms),
    ...needingAttention(report),
    spare: reportSpare(presentInput(state, now)),
  };
}

function needingAttention({
  nodes,
  vms,
  blocked,
  drift,
}: ClusterReport): Pick<StatusReport, "flushes" | "held" | "blocked" | "pending" | "drift"> {
  const pending = drift.filter(({ kind }) => kind === "pending");
  return {
    flushes: nodes.flatMap(({ name, flush }) => (flush === null ? [] : [{ node: name, ...flush }])),
    held: vms.flatMap(({ name, held, reason }) => (held === null ? [] : [{ vm: name, ...held, reason }])),
    blocked,
    pending: pending.map(({ object, text }) => ({ object, text })),
    drift: drift.length - pending.length,
  };
}

/** How many in each state that there is, in the order of the states. */
function countOf<State extends string>(
  states: readonly State[],
  rows: readonly { readonly state: State }[],
): Partial<Record<State, number>> {
  const counts: Partial<Record<State, number>> = {};
  for (const state of states) {
    const count = rows.filter((row) => row.state === state).length;
    if (count > 0) counts[state] = count;
  }
  return counts;
}
