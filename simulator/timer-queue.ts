/** Timers in the order of their time, then of their setting: a binary heap, for simulations set thousands. */
export interface QueuedTimer {
  readonly at: number;
  readonly callback: () => void;
}

interface Entry extends QueuedTimer {
  readonly order: number;
  cancelled: boolean;
}

export class TimerQueue {
  readonly #heap: Entry[] = [];
  #order = 0;
  #cancelled = 0;

  get size(): number {
    return this.#heap.length - this.#cancelled;
  }

  /** The returned function takes it back; afterwards it does nothing. */
  add(at: number, callback: () => void): () => void {
    const entry: Entry = { at, callback, order: this.#order, cancelled: false };
    this.#order += 1;
    this.#heap.push(entry);
    this.#rise(this.#heap.length - 1);
    let open = true;
    return () => {
      if (!open) return;
      open = false;
      if (entry.cancelled) return;
      entry.cancelled = true;
      this.#cancelled += 1;
    };
  }

  /** Takes out the first one that is due by `until`; null: there is none. */
  take(until: number): QueuedTimer | null {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || (!first.cancelled && first.at > until)) return null;
      this.#removeFirst();
      if (first.cancelled) {
        this.#cancelled -= 1;
        continue;
      }
      // From here on, taking it back means nothing.
      first.cancelled = true;
      return first;
    }
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(from: number): void {
    for (let child = from; child > 0;) {
      const parent = (child - 1) >> 1;
      if (!this.#swapUnlessOrdered(parent, child)) return;
      child = parent;
    }
  }

  #sink(from: number): void {
    for (let parent = from; ;) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const child = this.#isBefore(right, left) ? right : left;
      if (!this.#swapUnlessOrdered(parent, child)) return;
      parent = child;
    }
  }

  /** Returns whether they had to be swapped. */
  #swapUnlessOrdered(parent: number, child: number): boolean {
    const a = this.#heap[parent];
    const b = this.#heap[child];
    if (a === undefined || b === undefined || !this.#isBefore(child, parent)) return false;
    this.#heap[parent] = b;
    this.#heap[child] = a;
    return true;
  }

  #isBefore(one: number, other: number): boolean {
    const a = this.#heap[one];
    const b = this.#heap[other];
    if (a === undefined || b === undefined) return a !== undefined;
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }
}
