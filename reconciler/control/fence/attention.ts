/**
 * Whether the leader can see at all: it looks at its own clock and at the store every second. Where it was stopped for a
 * while, or the store did not answer, the silence of the nodes was its own, and their graces begin anew.
 */
import type { Clock } from "../../model/clock.ts";
import type { NodeName } from "../../model/names.ts";
import { type Store, StoreError } from "../../store/store.ts";

export interface AttentionOptions {
  readonly clock: Clock;
  readonly store: Store;
  /** Any key: that it can be read is what matters. */
  readonly key: string;
  /** Called when the graces begin anew. */
  readonly onChange: () => void;
}

const everyMs = 1_000;
/** A timer that rings so late means that this process did not run. */
const lateMs = 4_000;

export class Attention {
  readonly #options: AttentionOptions;
  #silent: ReadonlySet<NodeName> = new Set();
  #interruptedAt = Number.NEGATIVE_INFINITY;

  constructor(options: AttentionOptions) {
    this.#options = options;
  }

  /** When it last could not see, by the monotonic clock. */
  get interruptedAt(): number {
    return this.#interruptedAt;
  }

  /** The nodes that are silent now. */
  watchOver(silent: Iterable<NodeName>): void {
    this.#silent = new Set(silent);
  }

  /** When the node's heartbeat last answered directly, by the monotonic clock; null: not in this silence. */
  answeredAt(_node: NodeName): number | null {
    return null;
  }

  /** Until aborted; then returns. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      for (;;) {
        const before = clock.monotonic();
        await clock.sleep(everyMs, signal);
        const isLate = clock.monotonic() - before > everyMs + lateMs;
        if (isLate || !(await this.#canRead())) this.#interrupted();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Asked only where it matters. */
  async #canRead(): Promise<boolean> {
    if (this.#silent.size === 0) return true;
    try {
      await this.#options.store.get(this.#options.key);
      return true;
    } catch (error) {
      if (error instanceof StoreError) return false;
      throw error;
    }
  }

  #interrupted(): void {
    this.#interruptedAt = this.#options.clock.monotonic();
    if (this.#silent.size > 0) this.#options.onChange();
  }
}
