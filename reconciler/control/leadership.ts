/**
 * One leader: who holds `leader` under a lease. Every write of a leader compares that key's create revision in the
 * same transaction, so a leader that slept past its lease writes nothing, whatever it still believes.
 */
import type { Clock } from "../model/clock.ts";
import { encode } from "../store/codec.ts";
import { type Compare, type Lease, type Revision, type Store, StoreError } from "../store/store.ts";

export interface Leadership {
  readonly id: string;
  /** Its term: the revision at which the leader's key was made. */
  readonly term: Revision;
  /** What every transaction of this leader compares. */
  readonly guard: Compare;
  /** Aborted when the lease is gone or must be assumed gone. */
  readonly lost: AbortSignal;
  /** Hands over at once. */
  resign(): Promise<void>;
}

export const leaderLeaseMs = 10_000;
const retryMs = 1_000;
/** Who stands by hears at once that the leader is gone. Looking again bounds what it costs where that is not heard. */
const lookAgainMs = leaderLeaseMs / 2;

/** Waits until this process leads. Rejects when `signal` is aborted; store errors are waited out. */
export async function campaign(
  store: Store,
  key: string,
  id: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Leadership> {
  for (;;) {
    signal.throwIfAborted();
    const leadership = await attempt(store, key, id, clock, signal);
    if (leadership !== null) return leadership;
    await clock.sleep(retryMs, signal);
  }
}

/** One lease's worth of standing for election; null: the store failed, or the lease ran out while waiting. */
async function attempt(
  store: Store,
  key: string,
  id: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<Leadership | null> {
  let lease: Lease | null = null;
  try {
    lease = await store.grant(leaderLeaseMs);
    const revision = await stand(store, key, id, lease, clock, signal);
    if (revision !== null) {
      const held = lease;
      lease = null;
      return {
        id,
        term: revision,
        guard: { key, createRevision: revision },
        lost: held.lost,
        resign: () => held.revoke().catch(ignoreStoreErrors),
      };
    }
    return null;
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  } finally {
    // Whatever was begun under this lease ends with it, also a win that we were not told of.
    await lease?.revoke().catch(ignoreStoreErrors);
  }
}

/** A lease that cannot be revoked now runs out by itself. */
function ignoreStoreErrors(error: unknown): void {
  if (!(error instanceof StoreError)) throw error;
}

/** The create revision of the won key; null: the lease was lost while waiting. */
async function stand(
  store: Store,
  key: string,
  id: string,
  lease: Lease,
  clock: Clock,
  signal: AbortSignal,
): Promise<Revision | null> {
  while (!lease.lost.aborted) {
    const value = encode({ id, since: clock.now() });
    const won = await store.transact({
      compare: [{ key, createRevision: 0 }],
      then: [{ put: key, value, lease: lease.id }],
    });
    if (won.ok) return won.revision;
    await gone(store, key, won.revision, clock, AbortSignal.any([signal, lease.lost]));
    signal.throwIfAborted();
  }
  return null;
}

/** Resolves when the key is deleted, `signal` is aborted, or it is time to look again. */
async function gone(
  store: Store,
  key: string,
  after: Revision,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const longEnough = new AbortController();
  const cancel = clock.timer(lookAgainMs, () => longEnough.abort());
  try {
    for await (const event of store.watch(key, after, AbortSignal.any([signal, longEnough.signal]))) {
      if (event.type === "relist") return;
      if (event.changes.some((change) => change.type === "delete")) return;
    }
  } finally {
    cancel();
  }
}
