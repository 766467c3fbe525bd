/**
 * What is counted over time, from when this process began to look: guests that were begun anew where they ended or were
 * meant to end, and rounds of fencing. What happened while the watch had to list anew is not counted.
 */
import type { ClusterFeed } from "../control/cluster-feed.ts";
import type { FencePhase, FenceRecord } from "../model/fence.ts";
import type { ReleasedStep } from "../model/journal.ts";
import type { ReasonCode } from "../model/reasons.ts";
import type { NodeName } from "../model/names.ts";
import { decode } from "../store/codec.ts";
import type { Change, KeyValue } from "../store/store.ts";

export interface Counted {
  readonly labels: Readonly<Record<string, string>>;
  readonly count: number;
}

export interface Counts {
  /** By `vm` and `reason`. */
  readonly restarts: readonly Counted[];
  /** By `node` and `outcome`. */
  readonly fenceAttempts: readonly Counted[];
}

export class Counters {
  readonly #feed: ClusterFeed;
  readonly #restarts = new Tally();
  readonly #fenceAttempts = new Tally();
  readonly #phases = new Map<NodeName, FencePhase>();

  constructor(feed: ClusterFeed) {
    this.#feed = feed;
    this.#takeStock();
    feed.subscribe((changes) => {
      if (changes.length === 0) this.#takeStock();
      for (const change of changes) this.#hear(change);
    });
  }

  counts(): Counts {
    return { restarts: this.#restarts.all(), fenceAttempts: this.#fenceAttempts.all() };
  }

  #takeStock(): void {
    this.#phases.clear();
    for (const [node, { phase }] of this.#feed.state.fences) this.#phases.set(node, phase);
  }

  #hear(change: Change): void {
    if (change.type !== "put") return;
    const { item } = change;
    const { root } = this.#feed.state;
    if (item.key.startsWith(`${root}step/`)) this.#hearStep(item);
    else if (item.key.startsWith(`${root}fence/`)) this.#hearFence(decode<FenceRecord>(item));
  }

  /** Counted as it is released; what is written again is that it is to be cancelled. */
  #hearStep(item: KeyValue): void {
    if (item.createRevision !== item.modRevision) return;
    const { step } = decode<Pick<ReleasedStep, "step">>(item);
    const { vm, reason } = step;
    const isAnew = step.kind === "restart" || (step.kind === "start" && endings.has(reason.code));
    if (isAnew) this.#restarts.add({ vm, reason: reason.code });
  }

  /** A round is over once its node is not being cut any more. */
  #hearFence({ node, phase }: FenceRecord): void {
    const before = this.#phases.get(node);
    this.#phases.set(node, phase);
    if (before !== "cutting" || phase === "cutting") return;
    const isProven = phase === "proven" || phase === "recovering" || phase === "done";
    const outcome = isProven ? "proven" : phase === "failed" ? "failed" : "given-way";
    this.#fenceAttempts.add({ node, outcome });
  }
}

/** Why a guest starts that ended without being asked to. */
const endings: ReadonlySet<ReasonCode> = new Set(["crashed", "cut-by-hand"]);

class Tally {
  readonly #counted = new Map<string, Counted>();

  add(labels: Counted["labels"]): void {
    const key = JSON.stringify(labels);
    this.#counted.set(key, { labels, count: (this.#counted.get(key)?.count ?? 0) + 1 });
  }

  all(): readonly Counted[] {
    return [...this.#counted.values()];
  }
}
