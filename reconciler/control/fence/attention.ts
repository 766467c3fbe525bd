/**
 * Whether the leader can see at all: it looks at its own clock and at the store every second. Where it was stopped for a
 * while, or the store did not answer, the silence of the nodes was its own, and their graces begin anew. And it asks the
 * heartbeats of silent nodes directly: one that answers has lost its way to the store, and nothing else.
 */
import type { Clock } from "../../model/clock.ts";
import type { NodeName } from "../../model/names.ts";
import type { DirectPlace } from "../../model/observed.ts";
import type { AskDirectly } from "../../runtime/direct/ask.ts";
import { type Store, StoreError } from "../../store/store.ts";

export interface AttentionOptions {
  readonly clock: Clock;
  readonly store: Pick<Store, "get">;
  /** Any key: that it can be read is what matters. */
  readonly key: string;
  readonly ask: AskDirectly;
  /** Called when the graces begin anew, or a node that was silent answers, or answers no more. */
  readonly onChange: () => void;
}

/** A node without a lease. */
export interface Unheard {
  readonly node: NodeName;
  /** Its silence, and the boot that fell silent. */
  readonly incident: string;
  readonly bootId: string | null;
  /** Null: it answers nobody. */
  readonly place: DirectPlace | null;
}

interface Answers extends Unheard {
  /** By the monotonic clock. */
  at: number | null;
  answers: boolean;
  isAsked: boolean;
  /** So often it was asked, and the time for an answer ended. */
  asked: number;
}

const everyMs = 1_000;
/** A look that takes so much longer means that this process did not run, or that the store did not answer. */
const lateMs = 4_000;
/** Some questions and answers may be lost on the way: for so long an answer says that it lives. */
const answersForMs = 5_000;

export class Attention {
  readonly #options: AttentionOptions;
  #silent: ReadonlyMap<NodeName, Answers> = new Map();
  #interruptedAt = Number.NEGATIVE_INFINITY;
  /** When the look that is under way began, by the monotonic clock; null: none is. */
  #lookingSince: number | null = null;

  constructor(options: AttentionOptions) {
    this.#options = options;
  }

  /**
   * When it last could not see, by the monotonic clock. Looks at that clock first: where this process was stopped, news
   * of the store may be heeded before its timers ring.
   */
  get interruptedAt(): number {
    return this.#isLate() ? this.#options.clock.monotonic() : this.#interruptedAt;
  }

  /** The nodes that are silent now. */
  watchOver(silent: readonly Unheard[]): void {
    const before = this.#silent;
    this.#silent = new Map(
      silent.map((one): [NodeName, Answers] => {
        const known = before.get(one.node);
        return [
          one.node,
          known?.incident === one.incident
            ? known
            : { ...one, at: null, answers: false, isAsked: false, asked: 0 },
        ];
      }),
    );
  }

  /** When the node's heartbeat last answered directly, by the monotonic clock; null: not in this silence. */
  answeredAt(node: NodeName): number | null {
    return this.#silent.get(node)?.at ?? null;
  }

  /** Whether the node's heartbeat answers directly: it lives, and the silence is that of its way to the store. */
  answers(node: NodeName): boolean {
    return this.#silent.get(node)?.answers ?? false;
  }

  /** Whether any node is silent. */
  get isWatching(): boolean {
    return this.#silent.size > 0;
  }

  /** Whether the node was asked once in this silence, and had its time to answer; true where there is nobody to ask. */
  hasAsked(node: NodeName): boolean {
    const one = this.#silent.get(node);
    return one === undefined || one.place === null || one.asked > 0;
  }

  /** Until aborted; then returns. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    try {
      for (;;) {
        for (const one of this.#silent.values()) void this.#ask(one, signal);
        this.#lookingSince = clock.monotonic();
        await clock.sleep(everyMs, signal);
        this.#heedSilence();
        const canRead = await this.#canRead();
        if (this.#isLate() || !canRead) this.#interrupted();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #isLate(): boolean {
    const since = this.#lookingSince;
    return since !== null && this.#options.clock.monotonic() - since > everyMs + lateMs;
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

  /** Never rejects. */
  async #ask(one: Answers, signal: AbortSignal): Promise<void> {
    if (one.place === null || one.isAsked) return;
    const { ask, clock, onChange } = this.#options;
    one.isAsked = true;
    const bootId = await ask(one.place, signal);
    one.isAsked = false;
    one.asked += 1;
    // What answers from another boot is not the node that fell silent: its guests are dead, which it will say itself.
    if (bootId === null || bootId !== one.bootId) return;
    const isNews = !one.answers;
    one.at = clock.monotonic();
    one.answers = true;
    if (isNews) onChange();
  }

  /** Who answered and does so no more. */
  #heedSilence(): void {
    const { clock, onChange } = this.#options;
    const now = clock.monotonic();
    for (const one of this.#silent.values()) {
      if (!one.answers || one.at === null || now - one.at < answersForMs) continue;
      one.answers = false;
      onChange();
    }
  }

  #interrupted(): void {
    this.#interruptedAt = this.#options.clock.monotonic();
    if (this.#silent.size > 0) this.#options.onChange();
  }
}
