import { byName, type NodeName } from "../../model/names.ts";
import { type NodeState, nodeStates, vmStates } from "../../model/states.ts";
import type { ClusterReport } from "../../model/report.ts";
import type { StatusReport } from "../../model/status-report.ts";
import type { ClusterState } from "../cluster-state.ts";
import { judgedBy } from "../fence/bindings.ts";
import { kitInForce } from "../fence/last-fields.ts";
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
    unprovable: unprovableNodes(state),
    spare: reportSpare(presentInput(state, now)),
  };
}

/** Of those that were ever seen: others are never fenced. By the fields that a fence would go by. */
function unprovableNodes(state: ClusterState): readonly NodeName[] {
  const { nodes } = state.desired;
  const names = [...new Set([...nodes.keys(), ...state.lastFields.keys()])].sort(byName);
  return names.filter((name) => {
    const facts = { name, document: nodes.get(name) ?? null, observed: state.nodes.get(name) ?? null };
    return facts.observed?.seen != null && !kitInForce(judgedBy(state), facts, state).usable;
  });
}

const statesOfTrouble: ReadonlySet<NodeState> = new Set([
  "agent-down",
  "suspect",
  "lost",
  "fencing",
  "fence-failed",
  "fenced",
]);

function needingAttention({
  nodes,
  vms,
  blocked,
  drift,
}: ClusterReport): Pick<
  StatusReport,
  "nodesInTrouble" | "flushes" | "held" | "blocked" | "pending" | "drift"
> {
  const pending = drift.filter(({ kind }) => kind === "pending");
  return {
    nodesInTrouble: nodes
      .filter(({ state }) => statesOfTrouble.has(state))
      .map(({ name, state, reason }) => ({ node: name, state, reason })),
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
