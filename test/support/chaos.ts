/** Processes that are killed in an order that a seed chooses, and started again, while somebody goes on working. */
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface Victim {
  readonly name: string;
  /** As by SIGKILL. */
  kill(): Promise<void>;
  start(): Promise<void>;
}

export interface ChaosOptions {
  readonly victims: readonly [Victim, ...Victim[]];
  readonly random: SeededRandom;
  /** Between two strikes, on average. */
  readonly pauseMs: number;
  /** For which a victim stays away at most. */
  readonly awayMs: number;
  readonly onKill: () => void;
}

/** Strikes until `signal` is aborted; then everybody is back. Returns how often each was killed. */
export async function wreakHavoc(
  { victims, random, pauseMs, awayMs, onKill }: ChaosOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const kills = new Map<string, number>(victims.map(({ name }) => [name, 0]));
  while (!signal.aborted) {
    await systemClock.sleep(random.below(2 * pauseMs), signal).catch(() => undefined);
    if (signal.aborted) break;
    const victim = random.oneOf(victims);
    await victim.kill();
    kills.set(victim.name, (kills.get(victim.name) ?? 0) + 1);
    onKill();
    await systemClock.sleep(random.below(awayMs));
    await victim.start();
  }
  return kills;
}
