import type { Journal } from "../model/journal.ts";
import type { PlanInput, Policy } from "../plan/input.ts";
import type { ClusterState } from "./cluster-state.ts";

/** The planner's input, as the records stand. `desired` is what is applied, unless a preview puts the folder's there. */
export function planInput(state: ClusterState, policy: Policy, now: number): PlanInput {
  return {
    desired: state.desired,
    placements: state.placements,
    observed: state.nodes.observed,
    journal: journalOf(state),
    policy,
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
