import type { HypervisorError, Reading } from "../hypervisor/hypervisor.ts";
import { act, failureOf, isFinalError } from "./act.ts";
import { cancelled, failed, type Outcome, type StepContext } from "./context.ts";

export interface Goal {
  /** How the step ends, where that can be seen. act: something has to be done. wait: it is on its way. */
  readonly judge: (reading: Reading) => Outcome | "act" | "wait";
  /** What the permission for each act is asked for: see `StepContext.permit`. */
  readonly session: "same" | "any";
  readonly act: (signal: AbortSignal) => Promise<void>;
  /** Acts before it is given up; a few where it is left out. */
  readonly acts?: number;
}

const maxActs = 3;
const pauseMs = 1_000;
/** What was done may take this long to be seen, before it is done again. */
const effectMs = 10_000;
/** How long what is on its way may take. */
const maxWaitMs = 60_000;

/** Looks and acts until what is seen is the goal, or cannot become so. Cancelled before it has acted, it does not. */
export async function bringAbout(goal: Goal, context: StepContext, signal: AbortSignal): Promise<Outcome> {
  const effort = new Effort(goal, context);
  for (;;) {
    const verdict = goal.judge(await context.look(signal));
    if (verdict !== "act" && verdict !== "wait") return verdict;
    if (effort.isPatient(verdict)) {
      await context.changed(pauseMs, signal);
      continue;
    }
    const end = effort.giveUp(verdict) ?? (await context.permit(goal.session, signal)) ?? effort.calledOff();
    if (end !== null) return end;
    await effort.act(signal);
  }
}

/** What has been tried so far, and with what success. */
class Effort {
  readonly #goal: Goal;
  readonly #context: StepContext;
  #acts = 0;
  #error: HypervisorError | null = null;
  #patientUntil: number | null = null;

  constructor(goal: Goal, context: StepContext) {
    this.#goal = goal;
    this.#context = context;
  }

  isPatient(verdict: "act" | "wait"): boolean {
    const now = this.#context.clock.monotonic();
    if (verdict === "wait") this.#patientUntil ??= now + maxWaitMs;
    return this.#patientUntil !== null && now < this.#patientUntil;
  }

  /** How the step ends where there is no more to try, or it need not be tried. */
  giveUp(verdict: "act" | "wait"): Outcome | null {
    const isLast = this.#acts === (this.#goal.acts ?? maxActs);
    if (this.#error !== null && (isLast || isFinalError(this.#error.code))) return failureOf(this.#error);
    if (verdict === "wait" || isLast) return failed("timed-out", "it did not come about in time");
    return this.calledOff();
  }

  calledOff(): Outcome | null {
    return this.#acts === 0 && this.#context.cancelled() ? cancelled : null;
  }

  async act(signal: AbortSignal): Promise<void> {
    this.#acts += 1;
    this.#error = await act(() => this.#goal.act(signal));
    this.#patientUntil = this.#context.clock.monotonic() + this.#patienceMs();
  }

  #patienceMs(): number {
    if (this.#error === null) return effectMs;
    return isFinalError(this.#error.code) ? 0 : pauseMs;
  }
}
