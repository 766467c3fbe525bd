import type { Clock } from "../../../reconciler/model/clock.ts";
import type { Guest } from "./guests.ts";
import type { Habits } from "./habits.ts";

/** Guests on their way down after their power button was pressed. */
export class PowerButtons {
  readonly #clock: Clock;
  readonly #habits: Habits;
  readonly #shutdownMs: number;
  /** By the domain's id. */
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock, habits: Habits, shutdownMs: number) {
    this.#clock = clock;
    this.#habits = habits;
    this.#shutdownMs = shutdownMs;
  }

  /** A guest that is booting, paused or stubborn does not notice; a second press changes nothing. */
  press(guest: Guest, off: () => void): void {
    const hears = guest.state === "running" && this.#clock.monotonic() >= guest.bootedAt;
    if (!hears || this.#cancels.has(guest.id) || this.#habits.acpi(guest.vm) === "ignore") return;
    this.#cancels.set(guest.id, this.#clock.timer(this.#shutdownMs, off));
  }

  /** The domain ended: its shutdown, if any, is over. */
  release(id: string): void {
    this.#cancels.get(id)?.();
    this.#cancels.delete(id);
  }
}
