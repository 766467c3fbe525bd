import { isFinal, type StepOf } from "../../reconciler/model/step.ts";
import type { Domain, HypervisorError, MigrationJob, Reading } from "../hypervisor/hypervisor.ts";
import { act } from "./act.ts";
import { cancelled, done, failed, type HandOverContext, type Outcome } from "./context.ts";
import { findDomain, findEnd } from "./reading.ts";

/** Progress is read so often; changes are heard of at once. */
const pollMs = 2_000;
/** Without progress for so long, or without a target that takes part, it is given up. */
const stalledMs = 60_000;
const abortEveryMs = 10_000;
/** A request whose answer was lost may still be on its way. */
const lateBeginMs = 10_000;

/**
 * The source's role: begins once the target has claimed its own, then watches. Ends only with what the hypervisor
 * shows: gone by migration (done), or still here with no job (kept). Whoever asked for what says nothing.
 */
export function migrateSend(
  step: StepOf<"migrate">,
  context: HandOverContext,
  signal: AbortSignal,
): Promise<Outcome> {
  return new Sending(step, context).run(signal);
}

class Sending {
  readonly #step: StepOf<"migrate">;
  readonly #context: HandOverContext;
  readonly #waitingSince: number;
  #begun: boolean;
  /** Of the domain that is sent; null: none was seen yet. */
  #runEpoch: number | null = null;
  /** Why the job is to be aborted. */
  #trouble: string | null = null;
  /** What the hypervisor said to its beginning; where a job is seen all the same, it means nothing. */
  #failure: string | null = null;
  #concludeAt: number;
  #leastRemaining = Number.POSITIVE_INFINITY;
  #progressAt: number;
  #abortAt = 0;

  constructor(step: StepOf<"migrate">, context: HandOverContext) {
    this.#step = step;
    this.#context = context;
    this.#begun = context.begun;
    this.#waitingSince = context.clock.monotonic();
    this.#progressAt = this.#waitingSince;
    // An earlier agent may have asked for it in its last moment.
    this.#concludeAt = context.begun ? this.#waitingSince + lateBeginMs : 0;
  }

  async run(signal: AbortSignal): Promise<Outcome> {
    for (;;) {
      const reading = await this.#context.look(signal);
      const domain = findDomain(reading, this.#step.vm);
      const end = this.#judge(reading, domain);
      if (end !== null) return end;
      const job = domain?.job ?? null;
      if (job !== null) await this.#watch(job, signal);
      else if (!this.#begun && this.#isTargetReady()) {
        const barred = await this.#begin(signal);
        if (barred !== null) return barred;
      }
      await this.#context.changed(pollMs, signal);
    }
  }

  #judge(reading: Reading, domain: Domain | null): Outcome | null {
    const { vm, epoch } = this.#step;
    if (domain === null) return this.#judgeEnd(reading);
    // An older one is the same VM: a restart of it ended before it began.
    if (domain.epoch > epoch) return failed("precondition", `another run is there, of epoch ${domain.epoch}`);
    this.#runEpoch = domain.epoch;
    if (domain.job !== null) return null;
    if (this.#begun) return this.#isLateBeginPossible() ? null : this.#kept("the hypervisor gave it up");
    if (this.#context.cancelled()) return cancelled;
    if (domain.state !== "running") return failed("precondition", `${vm} is paused`);
    return this.#judgeTarget();
  }

  #judgeEnd(reading: Reading): Outcome {
    const end = findEnd(reading, this.#step.vm, this.#runEpoch ?? this.#step.epoch);
    if (end?.cause === "migrated") return done("gone");
    return failed("source-ended", end === null ? "it is gone, and nobody saw how" : `it ended: ${end.cause}`);
  }

  /** Before the beginning: whether there is still a target to wait for. */
  #judgeTarget(): Outcome | null {
    const { to } = this.#step;
    const target = this.#context.other();
    switch (target?.phase) {
      case "claimed":
      case "running":
        return null;
      case "done":
      case "failed":
      case "cancelled":
        return this.#kept(`${to} did not take it${target.phase === "failed" ? `: ${target.detail}` : ""}`);
      case undefined: {
        const waited = this.#context.clock.monotonic() - this.#waitingSince;
        return waited < stalledMs ? null : this.#kept(`${to} did not take part`);
      }
    }
  }

  #isTargetReady(): boolean {
    const phase = this.#context.other()?.phase;
    return phase === "claimed" || phase === "running";
  }

  #kept(why: string): Outcome {
    return this.#context.cancelled()
      ? cancelled
      : failed("migration-kept", this.#trouble ?? this.#failure ?? why);
  }

  #isLateBeginPossible(): boolean {
    return this.#context.clock.monotonic() < this.#concludeAt;
  }

  /** Returns how the step ends where it may not begin. */
  async #begin(signal: AbortSignal): Promise<Outcome | null> {
    const { vm, to, toEpoch, maxDowntimeMs } = this.#step;
    const { clock, hypervisor } = this.#context;
    const address = await this.#context.otherAddress(signal);
    const barred = await this.#context.permit("any", signal);
    if (barred !== null) return barred;
    // The permission may have been a long time coming.
    if (this.#context.cancelled() || !this.#isTargetReady()) return null;
    this.#context.report(0, `to ${to}`);
    this.#begun = true;
    this.#progressAt = clock.monotonic();
    const target = { node: to, address, epoch: toEpoch, maxDowntimeMs };
    const error: HypervisorError | null = await act(() => hypervisor.migrate(vm, target, signal));
    if (error === null) return null;
    this.#failure = error.message;
    if (error.code === "unreachable") this.#concludeAt = clock.monotonic() + lateBeginMs;
    return null;
  }

  async #watch(job: MigrationJob, signal: AbortSignal): Promise<void> {
    const now = this.#context.clock.monotonic();
    this.#begun = true;
    if (job.remainingBytes < this.#leastRemaining) {
      this.#leastRemaining = job.remainingBytes;
      this.#progressAt = now;
    }
    if (now - this.#progressAt >= stalledMs) this.#trouble = `no progress for ${stalledMs / 1000} s`;
    const target = this.#context.other();
    if (target !== null && isFinal(target)) this.#trouble = `${this.#step.to} let go of it`;
    this.#context.report(percentOf(job), detailOf(job));
    const isUnwanted = this.#trouble !== null || this.#context.cancelled();
    if (isUnwanted && now >= this.#abortAt) await this.#abort(signal);
  }

  /** Asked for again where the job goes on; the reading decides what came of it. */
  async #abort(signal: AbortSignal): Promise<void> {
    const { clock, hypervisor, log } = this.#context;
    this.#abortAt = clock.monotonic() + abortEveryMs;
    const error = await act(() => hypervisor.abortMigration(this.#step.vm, signal));
    if (error !== null)
      log.warn("the abort of a migration failed", { vm: this.#step.vm, error: error.message });
  }
}

function percentOf({ totalBytes, remainingBytes }: MigrationJob): number {
  if (totalBytes <= 0) return 0;
  return Math.max(0, Math.min(100, Math.floor((1 - remainingBytes / totalBytes) * 100)));
}

function detailOf({ totalBytes, remainingBytes }: MigrationJob): string {
  const mebibyte = 2 ** 20;
  const moved = Math.max(0, totalBytes - remainingBytes);
  return `${Math.floor(moved / mebibyte)} of ${Math.ceil(totalBytes / mebibyte)} MiB`;
}
