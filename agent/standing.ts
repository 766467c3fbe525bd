import type { Alive, Session } from "../reconciler/model/observed.ts";
import type { Compare, Revision } from "../reconciler/store/store.ts";
import type { Entry, KeyView } from "./key-view.ts";
import type { HeldKey } from "./held-key.ts";

/** The node's life as its heartbeat tells it. */
export interface Life {
  readonly session: Session;
  /** Of the `alive` key as it is now: another one, another lease. */
  readonly revision: Revision;
  /** Since when it has been there without a gap. What was claimed before was claimed in another life. */
  readonly since: Revision;
}

export interface StandingOptions {
  readonly aliveKey: string;
  /** Of the kernel that this agent runs on. */
  readonly bootId: string;
  readonly alive: KeyView<Alive>;
  readonly presence: HeldKey;
}

/** By what right this agent acts: its node lives, and it is the node's agent. */
export class Standing {
  readonly #options: StandingOptions;
  #lastSession: Session | null = null;

  constructor(options: StandingOptions) {
    this.#options = options;
  }

  get bootId(): string {
    return this.#options.bootId;
  }

  /**
   * The node's present life, or null. A key that was left by an earlier boot does not count: what started under it
   * would be taken for dead as soon as the new boot id is seen.
   */
  life(): Life | null {
    const entry = this.#options.alive.get(this.#options.aliveKey);
    if (entry === null || entry.value.bootId !== this.#options.bootId) return null;
    this.#lastSession = sessionOf(entry);
    return { session: this.#lastSession, revision: entry.modRevision, since: entry.createRevision };
  }

  /** The session to report under: the present one, else the last; null where the node was never seen alive. */
  session(): Session | null {
    return this.life()?.session ?? this.#lastSession;
  }

  /** What every write compares; null: this agent may not write now. */
  presence(): Compare | null {
    return this.#options.presence.guard();
  }

  /** What a claim compares besides: that the node still lives the given life. */
  alive(life: Life): Compare {
    return { key: this.#options.aliveKey, modRevision: life.revision };
  }
}

function sessionOf(entry: Entry<Alive>): Session {
  return { lease: entry.lease, bootId: entry.value.bootId };
}
