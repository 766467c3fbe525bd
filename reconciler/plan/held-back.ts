/** What earlier tries have to say: back-offs, tries that are used up, crashes (docs/behaviour.md). */
import type { Vm } from "../model/desired.ts";
import { type HardwareField, hardwareFields } from "../model/hardware.ts";
import type { Tries } from "../model/journal.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { StepKind } from "../model/step.ts";
import { circumstances, triesThatCount } from "./tries.ts";
import type { GuestEnd, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

const firstBackOffMs = 5_000;
const longestBackOffMs = 300_000;
/** Live migrations that may fail before `auto` falls back to shutdown and start. */
export const migrationTries = 3;

export interface HeldBack {
  readonly why: Reason;
  /** When that ends by itself; null: only by somebody's doing. */
  readonly until: number | null;
}

/** The failed tries that still count: none once the intent has changed or a retry was asked for. */
function failedTries(world: World, facts: VmFacts, vm: Vm | null): Tries["failed"] {
  if (facts.requests.some((r) => r.kind === "retry")) return null;
  return triesThatCount(world, facts, vm)?.failed ?? null;
}

/** Why a step of this kind is not tried now; null: it may be. */
export function heldBack(world: World, facts: VmFacts, vm: Vm, kind: StepKind): HeldBack | null {
  const failed = failedTries(world, facts, vm);
  if (failed?.kind !== kind) return null;
  if (failed.failure === "shutdown-timed-out") {
    return {
      why: reason("shutdown-timed-out", { timeout: `${String(vm.shutdown.timeoutMs / 1000)}s` }),
      until: null,
    };
  }
  if (failed.failure === "volume-missing") {
    return { why: reason("volume-missing", { volume: failed.detail, vm: vm.name }), until: null };
  }
  if (kind === "migrate" && failed.count >= migrationTries && vm.migration.method === "live") {
    return {
      why: reason("migration-failed", { tries: failed.count, failure: failed.detail, vm: vm.name }),
      until: null,
    };
  }
  return backOff(world, failed);
}

/** The same for the cut of what is not the VM any more: it has nothing to do with what a guest made of a shutdown. */
export function heldBackCut(world: World, facts: VmFacts): HeldBack | null {
  const failed = failedTries(world, facts, facts.document);
  return failed?.kind === "stop" && failed.failure !== "shutdown-timed-out" ? backOff(world, failed) : null;
}

function backOff(world: World, { kind, count, at, detail }: NonNullable<Tries["failed"]>): HeldBack | null {
  const delay =
    kind === "migrate" ? firstBackOffMs : Math.min(firstBackOffMs * 2 ** (count - 1), longestBackOffMs);
  const until = at + delay;
  if (world.input.now >= until) return null;
  return { why: reason("back-off", { failure: detail, at: new Date(until).toISOString() }), until };
}

/** Changes of a running guest that may fail before they are left to its next restart. */
const updateTries = 2;

/** What the running guest did not take, and why, where that is known by now: it waits for the next restart. */
export function refusedFields(
  world: World,
  facts: VmFacts,
  vm: Vm,
): { readonly fields: readonly HardwareField[]; readonly why: string } | null {
  const failed = failedTries(world, facts, vm);
  if (failed?.kind !== "update") return null;
  if (failed.count < updateTries && failed.failure !== "unsupported") return null;
  return { fields: failed.fields ?? hardwareFields, why: failed.detail };
}

/** Whether a move may be live, or its tries are used up and it has to go through a shutdown. */
export function movesLive(world: World, facts: VmFacts, vm: Vm): boolean {
  if (vm.migration.method !== "auto") return vm.migration.method === "live";
  return failedMigrations(failedTries(world, facts, vm)) < migrationTries;
}

/** Those that led to the shutdown that failed, too. */
export function failedMigrations(failed: Tries["failed"]): number {
  return failed?.kind === "migrate" ? failed.count : (failed?.migrations ?? 0);
}

/** What follows from a crash: a restart now, later, or not by itself. `tries`: what is remembered of it. */
export function afterCrash(
  world: World,
  facts: VmFacts,
  vm: Vm,
  { at, byHand }: GuestEnd,
):
  | { readonly start: true; readonly why: Reason; readonly tries: Tries }
  | ({ readonly start: false } & HeldBack) {
  const { policy, max, windowMs, backoffMs } = vm.restart;
  const known = triesThatCount(world, facts, vm);
  const crashes = [...(known?.crashes ?? []).filter((t) => t > at - windowMs && t !== at), at];
  const { desired, observed } = world.input;
  const tries: Tries = { failed: known?.failed ?? null, crashes, ...circumstances(desired, observed, vm) };
  const why = reason(byHand === true ? "cut-by-hand" : "crashed", { attempt: crashes.length, max });
  if (policy === "never")
    return { start: false, why: reason("restart-policy-never", { vm: vm.name }), until: null };
  if (crashes.length > max) {
    const window = `${String(windowMs / 60_000)}m`;
    return {
      start: false,
      why: reason("crash-loop", { count: crashes.length, window, vm: vm.name }),
      until: null,
    };
  }
  const until = at + backoffMs;
  if (world.input.now < until) {
    const next = new Date(until).toISOString();
    return {
      start: false,
      why: reason("back-off", { failure: byHand === true ? "cut outside keel" : "crashed", at: next }),
      until,
    };
  }
  return { start: true, why, tries };
}
