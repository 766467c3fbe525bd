/**
 * What the leader has seen with its own eyes since it was elected, on its monotonic clock: how long each node has been
 * silent, and whether every agent was seen once. Never stored: a new leader starts afresh.
 */
import type { NodeName } from "../model/names.ts";
import type { NodeFacts } from "../plan/node-facts.ts";

/** A silence shorter than this is waited for where the alternative is to shut a guest down. */
const unsettledMs = 60_000;

export interface Sight {
  readonly selectorsOpen: boolean;
  readonly unsettled: ReadonlySet<NodeName>;
  /** Milliseconds until time alone would change the answer; null: it would not. */
  readonly changesInMs: number | null;
}

export class Watchfulness {
  readonly #startedAt: number;
  readonly #openAfterMs: number;
  readonly #silentSince = new Map<NodeName, number>();
  readonly #seen = new Set<NodeName>();
  readonly #boots = new Map<NodeName, string>();

  /** `openAfterMs`: one lease; by then an agent that lives has been seen. */
  constructor(startedAt: number, openAfterMs: number) {
    this.#startedAt = startedAt;
    this.#openAfterMs = openAfterMs;
  }

  look(nodes: Iterable<NodeFacts>, monotonic: number): Sight {
    const unsettled = new Set<NodeName>();
    let allSeen = true;
    let changesInMs: number | null = null;
    const soonest = (ms: number): void => {
      changesInMs = Math.min(changesInMs ?? ms, ms);
    };
    for (const node of nodes) {
      // Nothing is waited for that is proven dead.
      if (node.health === "ok" || node.health === "dead") {
        this.#seen.add(node.name);
        this.#silentSince.delete(node.name);
        continue;
      }
      if (node.document !== null && !this.#seen.has(node.name)) allSeen = false;
      if (this.#isBootedAnew(node)) this.#silentSince.delete(node.name);
      const since = this.#silentSince.get(node.name) ?? monotonic;
      this.#silentSince.set(node.name, since);
      const left = since + unsettledMs - monotonic;
      if (left <= 0) continue;
      unsettled.add(node.name);
      soonest(left);
    }
    const opensInMs = this.#startedAt + this.#openAfterMs - monotonic;
    const selectorsOpen = allSeen || opensInMs <= 0;
    if (!selectorsOpen) soonest(opensInMs);
    return { selectorsOpen, unsettled, changesInMs };
  }

  /** Since the last look: its agent has all the time again to come up. */
  #isBootedAnew({ name, observed }: NodeFacts): boolean {
    const bootId = observed?.alive?.bootId ?? null;
    if (bootId === null || bootId === this.#boots.get(name)) return false;
    this.#boots.set(name, bootId);
    return true;
  }
}
