import type { Clock } from "../../reconciler/model/clock.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import type { Progress, StepFailure } from "../../reconciler/model/step.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import type { Hypervisor, Reading } from "../hypervisor/hypervisor.ts";

/** How a step ended. It is told only after a look at the hypervisor that shows it. */
export type Outcome =
  | { readonly phase: "done"; readonly detail: string | null }
  | { readonly phase: "failed"; readonly failure: StepFailure; readonly detail: string }
  | { readonly phase: "cancelled" };

/**
 * What a step may use. A step is a loop: look, judge, act, wait for a change; so it goes on from wherever it was left
 * by an agent that was killed.
 */
export interface StepContext {
  readonly node: NodeName;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly log: Log;
  /** The time of the claim by the node's monotonic clock, also where an earlier agent made it. */
  readonly claimedUptimeMs: number;
  /** An earlier agent had told a percentage: the migration had begun. */
  readonly begun: boolean;
  /** The leader wants the step to end without its effect. May turn true at any time, never back. */
  cancelled(): boolean;
  /** The hypervisor as it is now; tried until it answers, for nothing can be told without. */
  look(signal: AbortSignal): Promise<Reading>;
  /** Resolves when something changed since the last look began, or after `ms`. */
  changed(ms: number, signal: AbortSignal): Promise<void>;
  /** Tells how it goes; never waits. */
  report(percent: number | null, detail: string): void;
  /** This run of a domain is about to end because we ask for it. */
  willEnd(domainId: string): void;
  /**
   * Asks the store, right before each act that cannot be taken back, whether the step may still do it: it stands on an
   * unchanged epoch, and the node lives. `same`: uncancelled, and without a gap since the claim; `any`: waits until it
   * lives again. Returns how the step ends where it may not.
   */
  permit(session: "same" | "any", signal: AbortSignal): Promise<Outcome | null>;
}

/** The two sides of a migration see of each other what the other agent told the store. */
export interface HandOverContext extends StepContext {
  /** The last that the other node told of the step; null: nothing yet, as far as is known here. */
  other(): Progress | null;
  /** Whether the other node may still tell its end: it has claimed the step, and neither died nor lost what it saw. */
  otherMayAnswer(signal: AbortSignal): Promise<boolean>;
  /** Where the other node's hypervisor is reached; null: by its name. */
  otherAddress(signal: AbortSignal): Promise<string | null>;
}

export const cancelled: Outcome = { phase: "cancelled" };

export function done(detail: string | null = null): Outcome {
  return { phase: "done", detail };
}

export function failed(failure: StepFailure, detail: string): Outcome {
  return { phase: "failed", failure, detail };
}
