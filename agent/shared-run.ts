/**
 * Runs one task again and again, never twice at once. Whoever asks while it runs shares the next run with all others
 * that ask meanwhile: a result always began after it was asked for, and a crowd costs one run.
 */
export class SharedRun<T> {
  readonly #task: () => Promise<T>;
  #current: Promise<unknown> = Promise.resolve();
  #next: Promise<T> | null = null;

  constructor(task: () => Promise<T>) {
    this.#task = task;
  }

  fresh(): Promise<T> {
    this.#next ??= this.#runAfter(this.#current);
    return this.#next;
  }

  async #runAfter(current: Promise<unknown>): Promise<T> {
    await current.catch(() => undefined);
    const run = this.#task();
    this.#current = run;
    this.#next = null;
    return run;
  }
}
