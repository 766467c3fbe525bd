import { backoffMs, steadyMs } from "./backoff.ts";
import { type PartEnd, type PartOptions, runOnce } from "./run-once.ts";

export interface KeptPart extends PartOptions {
  readonly onEnd: (event: PartFailure) => void;
}

/** A part ended without being asked to. */
export interface PartFailure {
  readonly name: string;
  readonly end: PartEnd;
  /** In a row, this one included. */
  readonly failures: number;
  readonly restartInMs: number;
}

/** Runs a part, again and again where it ends, with growing pauses, until `signal` is aborted. Never rejects. */
export async function keepRunning(part: KeptPart, signal: AbortSignal): Promise<void> {
  const { name, clock, onEnd } = part;
  for (let failures = 0; !signal.aborted;) {
    const startedAt = clock.monotonic();
    const end = await runOnce(part, signal);
    if (signal.aborted) return;
    failures = clock.monotonic() - startedAt >= steadyMs ? 1 : failures + 1;
    const restartInMs = backoffMs(failures);
    onEnd({ name, end, failures, restartInMs });
    await clock.sleep(restartInMs, signal).catch(() => undefined);
  }
}
