import type { VmName } from "../../reconciler/model/names.ts";
import type { Domain } from "../hypervisor/hypervisor.ts";
import { act, failureOf } from "./act.ts";
import { cancelled, failed, type Outcome, type StepContext } from "./context.ts";
import { findDomain } from "./reading.ts";

export interface Stop {
  readonly vm: VmName;
  /** A domain of a later epoch is not the one that was meant. */
  readonly maxEpoch: number;
  /** A domain that is not paused for its hand-over is not the one that was meant. */
  readonly onlyCopy?: boolean;
  readonly method: "graceful" | "cut";
  readonly timeoutMs: number;
  readonly then: "poweroff" | "leave";
}

/** A guest may have been busy, or booting, when the button was pressed. */
const pressEveryMs = 10_000;
const maxCuts = 3;
const cutPauseMs = 1_000;

/** Returns null once the domain is gone, else how the step ends. */
export async function bringDown(
  stop: Stop,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome | null> {
  const { clock } = context;
  // From the claim on, whoever made it; one of an earlier boot may lie ahead of this one's clock.
  const deadline = Math.min(context.claimedUptimeMs, clock.monotonic()) + stop.timeoutMs;
  let pressAt = clock.monotonic();
  for (;;) {
    const domain = findDomain(await context.look(signal), stop.vm);
    if (domain === null) return null;
    const now = clock.monotonic();
    const move = nextMove(stop, domain, context.cancelled(), now >= deadline);
    if (move === "cut") return cutDown(stop, context, signal);
    if (move !== "wait") return move;
    if (now >= pressAt) {
      await press(domain, context, signal);
      pressAt = now + pressEveryMs;
    }
    await context.changed(Math.min(pressAt, deadline) - clock.monotonic(), signal);
  }
}

function nextMove(
  stop: Stop,
  domain: Domain,
  isCancelled: boolean,
  isOverdue: boolean,
): Outcome | "cut" | "wait" {
  if (domain.epoch > stop.maxEpoch) return laterRun(domain);
  if (stop.onlyCopy === true && domain.state !== "incoming") {
    return failed("precondition", "it is no copy that waits for its hand-over");
  }
  if (isCancelled) return cancelled;
  // Nobody inside a copy that never ran could shut it down.
  if (stop.method === "cut" || domain.state === "incoming") return "cut";
  if (!isOverdue) return "wait";
  if (stop.then === "poweroff") return "cut";
  return failed("shutdown-timed-out", `the guest did not shut down in ${stop.timeoutMs / 1000} s`);
}

function laterRun({ epoch }: Domain): Outcome {
  return failed("precondition", `a later run is there, of epoch ${epoch}`);
}

async function press(domain: Domain, context: StepContext, signal: AbortSignal): Promise<void> {
  context.report(null, "waiting for the guest to shut down");
  context.willEnd(domain.id);
  const error = await act(() => context.hypervisor.pressPower(domain.vm, signal));
  if (error !== null) context.log.debug("the power button failed", { vm: domain.vm, error: error.message });
}

async function cutDown(
  { vm, maxEpoch }: Stop,
  context: StepContext,
  signal: AbortSignal,
): Promise<Outcome | null> {
  for (let cuts = 1; ; cuts += 1) {
    // A node without its lease ends no guest: by now it may be wanted to live.
    const barred = await context.permit("any", signal);
    if (barred !== null) return barred;
    if (context.cancelled()) return cancelled;
    const error = await act(() => context.hypervisor.cut(vm, signal));
    const domain = findDomain(await context.look(signal), vm);
    if (domain === null) return null;
    if (domain.epoch > maxEpoch) return laterRun(domain);
    if (cuts === maxCuts) {
      return error === null
        ? failed("timed-out", "it was cut three times and is still there")
        : failureOf(error);
    }
    await context.changed(cutPauseMs, signal);
  }
}
