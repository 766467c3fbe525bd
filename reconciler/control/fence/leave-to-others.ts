import type { Clock } from "../../model/clock.ts";

/** Where nobody else took over, there is nobody else for so long. */
const againMs = 300_000;

/**
 * Whether a leader steps down because an incident is of its own machine: once, and again only after a while. One that is
 * alone would else do nothing but step down and be elected.
 */
export class LeaveToOthers {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #at = new Map<string, number>();

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  /** To be asked when it would; counts as done. */
  mayNow(incident: string): boolean {
    const now = this.#clock.monotonic();
    const last = this.#at.get(incident);
    if (last !== undefined && now - last < againMs) return false;
    this.#at.set(incident, now);
    return true;
  }
}
