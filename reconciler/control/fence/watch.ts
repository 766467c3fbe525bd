/**
 * How long each node has been silent, by the leader's own monotonic clock and from its own first sight: no record of a
 * former leader counts, and no wall clock. Whatever may have kept the leader from seeing a node begins its grace anew.
 */
import type { NodeName } from "../../model/names.ts";

export interface Silence {
  readonly incident: string;
  /** Monotonic milliseconds from which its grace counts. */
  readonly since: number;
  /** Something keeps it from being fenced whose end begins the grace anew: maintenance, or a storm. */
  readonly shielded: boolean;
}

export interface SilentNode {
  readonly node: NodeName;
  readonly incident: string;
  readonly shielded: boolean;
  /** When its heartbeat last answered the leader directly, by the monotonic clock; null: it did not. */
  readonly answeredAt: number | null;
}

export type Watch = ReadonlyMap<NodeName, Silence>;

/** A new leader knows nothing. */
export const nothingWatched: Watch = new Map();

/**
 * The watch after one more look. `interruptedAt`: when the leader last could not see, because it was stopped or the
 * store did not answer; the silence of that time was its own.
 */
export function watch(
  before: Watch,
  silent: readonly SilentNode[],
  times: { readonly monotonic: number; readonly interruptedAt: number },
): Watch {
  return new Map(
    silent.map(({ node, incident, shielded, answeredAt }): [NodeName, Silence] => {
      const known = before.get(node);
      const isFresh = known?.incident !== incident || (known.shielded && !shielded);
      const since = isFresh ? times.monotonic : known.since;
      const latest = Math.max(since, times.interruptedAt, answeredAt ?? Number.NEGATIVE_INFINITY);
      return [node, { incident, since: latest, shielded }];
    }),
  );
}
