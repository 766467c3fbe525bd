import type { Clock } from "../reconciler/model/clock.ts";
import { sleepOn } from "./virtual-clock.ts";

/** ahead, behind: its wall clock is set an hour wrong. fast, slow: all of it runs a twentieth wrong. right: neither. */
export const clockHabits = ["ahead", "behind", "fast", "slow", "right"] as const;
export type ClockHabit = (typeof clockHabits)[number];

const jumpMs = 3_600_000;

const settings: Readonly<Record<ClockHabit, { readonly offsetMs: number; readonly rate: number }>> = {
  ahead: { offsetMs: jumpMs, rate: 1 },
  behind: { offsetMs: -jumpMs, rate: 1 },
  fast: { offsetMs: 0, rate: 1.05 },
  slow: { offsetMs: 0, rate: 0.95 },
  right: { offsetMs: 0, rate: 1 },
};

/** The clock of one node, which can be wrong. Its monotonic time only grows, at whatever rate. */
export class NodeClock implements Clock {
  readonly #world: Clock;
  #habit: ClockHabit = "right";
  /** One moment by both clocks, since when the rate is what it is. */
  #mark: { readonly world: number; readonly own: number };

  constructor(world: Clock) {
    this.#world = world;
    this.#mark = { world: world.monotonic(), own: world.monotonic() };
  }

  setHabit(habit: ClockHabit): void {
    this.#mark = { world: this.#world.monotonic(), own: this.monotonic() };
    this.#habit = habit;
  }

  now(): number {
    return this.#world.now() + settings[this.#habit].offsetMs;
  }

  monotonic(): number {
    return this.#mark.own + (this.#world.monotonic() - this.#mark.world) * settings[this.#habit].rate;
  }

  /** Keeps the rate that the clock has when it is set. */
  timer(ms: number, callback: () => void): () => void {
    return this.#world.timer(ms / settings[this.#habit].rate, callback);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn(this, ms, signal);
  }
}
