/**
 * How long the leader's rounds take, for those who measure: each is counted as it ends, and what they came to is written
 * down seldom. In a cluster in which nothing happens there are no rounds, and nothing is written.
 */
import type { Clock } from "../model/clock.ts";
import type { Log } from "../runtime/log.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type Compare, type Store, StoreError } from "../store/store.ts";

/** `rounds`: of one leader, since it leads. */
export interface RoundsRecord {
  /** How many took at most so many seconds, the shorter ones included; in ascending order. */
  readonly within: readonly { readonly seconds: number; readonly rounds: number }[];
  readonly rounds: number;
  /** Of all of them together. */
  readonly seconds: number;
}

/** A round of a small cluster takes milliseconds; one that takes longer than a leader's lease is an incident. */
const boundsInSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** As often as most ask. */
export const roundsToldEveryMs = 15_000;

export class Rounds {
  readonly #within = boundsInSeconds.map((seconds) => ({ seconds, rounds: 0 }));
  #rounds = 0;
  #ms = 0;

  add(ms: number): void {
    this.#rounds += 1;
    this.#ms += ms;
    for (const bound of this.#within) if (ms <= bound.seconds * 1000) bound.rounds += 1;
  }

  get record(): RoundsRecord {
    return { within: this.#within, rounds: this.#rounds, seconds: this.#ms / 1000 };
  }
}

export interface TellRoundsOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly rounds: Rounds;
  /** The leadership, compared in every write. */
  readonly guard: Compare;
}

/** Writes them down where there were any, again and again until aborted; then returns. */
export async function tellRounds(options: TellRoundsOptions, signal: AbortSignal): Promise<void> {
  const { store, keys, clock, log, rounds, guard } = options;
  let told = 0;
  while (!signal.aborted) {
    await clock.sleep(roundsToldEveryMs, signal).catch(() => undefined);
    const { record } = rounds;
    if (signal.aborted || record.rounds === told) continue;
    try {
      await store.transact({ compare: [guard], then: [{ put: keys.rounds, value: encode(record) }] });
      told = record.rounds;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.warn("how long rounds take could not be written", { why: error.message });
    }
  }
}
