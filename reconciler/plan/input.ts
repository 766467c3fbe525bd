import type { Desired } from "../model/desired.ts";
import type { Journal } from "../model/journal.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { Observed } from "../model/observed.ts";
import type { Placement } from "../model/placement.ts";

/** A placement and the store's revision at which it was last written. */
export interface Placed {
  readonly placement: Placement;
  readonly revision: number;
}

/** What the caller knows and the records do not say. */
export interface Policy {
  /** false: right after a start or election; then nothing is chosen by selector. */
  readonly selectorsOpen: boolean;
  /**
   * Nodes whose silence, or whose agent's, is too fresh to act upon: a flush waits for them instead of shutting guests
   * down, and what a new boot has ended may start there again.
   */
  readonly unsettled: ReadonlySet<NodeName>;
  /** What was changed by hand is set back: for a preview, and in `reconcile.mode: safe`. */
  readonly revertDrift: boolean;
}

/** Everything that a plan is made from. Equal input, equal plan, whatever the order of the maps. */
export interface PlanInput {
  readonly desired: Desired;
  readonly placements: ReadonlyMap<VmName, Placed>;
  readonly observed: Observed;
  readonly journal: Journal;
  /** The VMs whose destruction was over the bound of the apply that asked for it. */
  readonly overBound: ReadonlySet<VmName>;
  readonly policy: Policy;
  /** Epoch milliseconds. */
  readonly now: number;
}
