import type { Clock } from "../../model/clock.ts";

/** Remembers that something happened, not what or how often. */
export class Bell {
  #isRung = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#isRung = true;
    this.#wake();
  }

  /** Waits for the bell, at most `ms`. True: it rang, and is silent again. One waits at a time. */
  async wait(ms: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
    if (!this.#isRung && !signal.aborted) await this.#woken(ms, clock, signal);
    const wasRung = this.#isRung;
    this.#isRung = false;
    return wasRung;
  }

  async #woken(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
      const wake = () => {
        cancel();
        signal.removeEventListener("abort", wake);
        this.#wake = () => undefined;
        resolve();
      };
      const cancel = clock.timer(ms, wake);
      this.#wake = wake;
      signal.addEventListener("abort", wake);
    });
  }
}
