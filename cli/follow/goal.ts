/** What a command brings about: whether it is so, how far it is, and what stands in its way. */
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { Plan } from "../../reconciler/model/plan.ts";
import type { Line } from "../../tui/view/line.ts";

/** The cluster at one revision, with the plan that is made of it. */
export interface Look {
  readonly state: ClusterState;
  readonly plan: Plan;
  /** Epoch milliseconds. */
  readonly now: number;
}

export interface GoalProgress {
  /** Worth a line of its own where it is another one than before. */
  readonly mark: string;
  readonly line: Line;
}

export interface Goal {
  /** `node/hv1`. */
  readonly what: string;
  /** What it is once it is reached: `flushed`, `on hv2`. */
  readonly wanted: string;
  isReached(look: Look): boolean;
  /** Why it is not, as far as is known: `vm/gpu1: no node can take it: …`. Empty: it only takes its time. */
  obstacles(look: Look): readonly string[];
  /** How far it is; null where its steps tell that. */
  progress(look: Look): GoalProgress | null;
  /** What is to be known besides, once it is reached. */
  besides?(look: Look): readonly string[];
}

export interface Unreached extends Pick<Goal, "what" | "wanted"> {
  readonly obstacles: readonly string[];
}

export function unreachedOf(goals: readonly Goal[], look: Look): readonly Unreached[] {
  return goals
    .filter((goal) => !goal.isReached(look))
    .map((goal) => ({ what: goal.what, wanted: goal.wanted, obstacles: goal.obstacles(look) }));
}

export function progressOf(goals: readonly Goal[], look: Look): readonly GoalProgress[] {
  return goals.map((goal) => goal.progress(look)).filter((progress) => progress !== null);
}
