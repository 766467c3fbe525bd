import type { Journal } from "../model/journal.ts";
import type { PlanInput } from "../plan/input.ts";
import type { ClusterState } from "./cluster-state.ts";

/**
 * The planner's input, as the records stand. No silence is too fresh to act upon: whoever looks does nothing by it, and
 * the leader, which does, knows better.
 */
export function presentInput(state: ClusterState, now: number): PlanInput {
  const revertDrift = state.desired.cluster.reconcile.mode === "safe";
  return {
    desired: state.desired,
    placements: state.placements,
    observed: state.nodes.observed,
    journal: journalOf(state),
    overBound: new Set(state.applied.head?.overBound ?? []),
    policy: { selectorsOpen: true, unsettled: new Set(), revertDrift },
    now,
  };
}

function journalOf(state: ClusterState): Journal {
  return {
    steps: state.released(),
    tries: state.tries,
    requests: [...state.requests.values()],
    volumes: state.volumes,
    identities: state.identities,
    fences: state.fences,
    maintenance: state.maintenance?.record ?? null,
  };
}
