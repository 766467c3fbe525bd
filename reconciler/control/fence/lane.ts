import type { NodeName } from "../../model/names.ts";

interface Entry<T> {
  task: T;
  readonly controller: AbortController;
}

/** Work on nodes, one piece at a time for each, of which the latest is known; what it comes to is in memory only. */
export class Lane<T> {
  readonly #signal: AbortSignal;
  readonly #onEnd: () => void;
  readonly #entries = new Map<NodeName, Entry<T>>();
  readonly #underWay = new Set<Promise<void>>();

  /** `onEnd`: called when a piece has come to an end. All of it ends with `signal`. */
  constructor(signal: AbortSignal, onEnd: () => void) {
    this.#signal = signal;
    this.#onEnd = onEnd;
  }

  get(node: NodeName): T | null {
    return this.#entries.get(node)?.task ?? null;
  }

  /** Ends what is under way there, and begins anew. `begun`: how it is known until `work` has ended; that never fails. */
  start(node: NodeName, begun: T, work: (signal: AbortSignal) => Promise<T>): void {
    this.end(node);
    const controller = new AbortController();
    const entry: Entry<T> = { task: begun, controller };
    this.#entries.set(node, entry);
    const signal = AbortSignal.any([this.#signal, controller.signal]);
    const running = work(signal)
      .then((task) => {
        entry.task = task;
      })
      .catch((error: unknown) => {
        if (!signal.aborted) throw error;
      })
      .finally(() => {
        this.#underWay.delete(running);
        this.#onEnd();
      });
    this.#underWay.add(running);
  }

  /** Ends and forgets it; nothing, where there is none. */
  end(node: NodeName): void {
    this.#entries.get(node)?.controller.abort();
    this.#entries.delete(node);
  }

  /** Resolves once nothing of it is under way any more; the signal is aborted by then. */
  async ended(): Promise<void> {
    await Promise.allSettled(this.#underWay);
  }
}
