/** Processes that are ended together: nothing of the next stage is ended before all of this one are gone. */
export class Stage {
  readonly #ending = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** Aborted when the stage ends. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** `task` must end when its signal is aborted: when the stage ends, or `until` is. */
  run(task: (signal: AbortSignal) => Promise<void>, until?: AbortSignal): Promise<void> {
    const signal = until === undefined ? this.signal : AbortSignal.any([this.signal, until]);
    const running = task(signal).finally(() => this.#running.delete(running));
    this.#running.add(running);
    return running;
  }

  async end(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#running);
  }
}
