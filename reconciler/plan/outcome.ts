/** What one round of planning says of one VM. */
import type { Tries } from "../model/journal.ts";
import type { PlannedRecord, PlannedStep } from "../model/plan.ts";
import type { NodeName, VmName } from "../model/names.ts";
import type { Displaced, Placement } from "../model/placement.ts";
import type { Reason } from "../model/reasons.ts";
import type { VmFacts } from "./vm-facts.ts";

export type Outcome =
  /** Nothing to do; `why` it is in the state it is in. */
  | { readonly kind: "settled"; readonly why: Reason }
  /** `next`: the VM as it will be once the step is done; what `keel plan` goes on from. */
  | { readonly kind: "step"; readonly planned: PlannedStep; readonly next: VmFacts }
  | { readonly kind: "record"; readonly record: PlannedRecord; readonly next: VmFacts }
  /** Wanted, and not done. `retry`: room or a neighbour stood in the way, so a later round may find a place. */
  | {
      readonly kind: "blocked";
      readonly why: Reason;
      readonly retry: boolean;
      readonly wakeAt: number | null;
      /** What is written down all the same: a home that was edited. */
      readonly placement?: Placement;
    }
  /** It needs a node; decided in the order of choice, after the ones with a fixed place. */
  | { readonly kind: "wanting"; readonly wanting: Wanting };

export interface Wanting {
  readonly facts: VmFacts;
  /** In this order: `migrate:`, home, and for a VM that is off the node where it is assigned. */
  readonly fixed: readonly FixedPlace[];
  /** Where it runs; null: it is off, and is to be started. */
  readonly from: NodeName | null;
  /** Why it may not stay where it runs; null: it may, and leaves only for a fixed place. */
  readonly mustLeave: Reason | null;
  /** What starting it is for, where that is more than "wanted running" (a crash, a release). */
  readonly because: Reason | null;
  /** What is remembered of its tries from now on, where that changes. */
  readonly tries: Tries | null | undefined;
  readonly consumes: readonly string[];
}

export interface FixedPlace {
  readonly node: NodeName;
  readonly reason: Reason;
  /** in-place: less is asked of it. */
  readonly as: "migrate" | "home" | "assigned" | "in-place";
}

/** A decision that is written down and needs no step. */
export function record(
  facts: VmFacts,
  placement: Placement,
  why: Reason,
  consumes: readonly string[] = [],
): Outcome {
  return {
    kind: "record",
    record: plannedRecord(facts.name, placement, why, consumes),
    next: { ...facts, placement },
  };
}

export function plannedRecord(
  vm: VmName,
  placement: Placement,
  why: Reason,
  consumes: readonly string[] = [],
): PlannedRecord {
  return { vm, placement, consumes, replaces: null, reason: why };
}

/** An intent that was read into the placement is written down, also where nothing else is to be done. */
export function withPlacement(outcome: Outcome, facts: VmFacts, written: Placement): Outcome {
  const { placement } = facts;
  if (placement === written) return outcome;
  if (outcome.kind === "settled") return record(facts, placement, outcome.why);
  return outcome.kind === "blocked" ? { ...outcome, placement } : outcome;
}

/** Wanted, not done, and no other VM's leaving will change that. */
export function blocked(why: Reason, wakeAt: number | null = null): Outcome {
  return { kind: "blocked", why, retry: false, wakeAt };
}

/** The VM as it will be after a stop. `displaced`: why it will be away from home, where the stop is half of a move. */
export function off(facts: VmFacts, displaced: Displaced | null = null): VmFacts {
  const { placement } = facts;
  const moved = displaced === null ? placement : { ...placement, displaced };
  return { ...facts, placement: moved, condition: { is: "off", end: null, lost: false } };
}
