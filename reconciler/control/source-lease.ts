/**
 * One named source edits and watches. Who watches holds the cluster's one `source` key under its lease; whatever a
 * watcher writes compares that key, so one that slept past its lease writes nothing, whatever it still believes.
 */
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import type { SourceReport } from "../model/report.ts";
import type { Log } from "../runtime/log.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type Compare, type KeyValue, type Lease, type Store, StoreError } from "../store/store.ts";

export interface SourceClaim {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Names the watcher among the reconcilers. */
  readonly id: string;
  /** Its machine. */
  readonly host: string;
  /** The watched folder, absolute. */
  readonly directory: string;
}

export interface SourceHold {
  /** What everything that this watcher writes compares. */
  readonly guard: Compare;
  readonly lease: Lease;
}

export const sourceLeaseMs = 10_000;
/** A watcher that was killed is gone for good after one time to live; half of another is for what is slow. */
const patienceMs = 1.5 * sourceLeaseMs;
const retryMs = 1_000;

/**
 * Waits until the source is this watcher's. A record of the same folder on the same machine is taken for its own former
 * life's, which ends with its lease. Store errors are waited out.
 *
 * @throws KeelError `source-taken` where another watcher has it, or another life of this one goes on
 */
export async function holdSource(claim: SourceClaim, signal: AbortSignal): Promise<SourceHold> {
  const { clock, keys, log, store } = claim;
  let waitingSince: number | null = null;
  for (;;) {
    signal.throwIfAborted();
    try {
      const outcome = await attempt(claim);
      if ("guard" in outcome) return outcome;
      const waitedMs: number = waitingSince === null ? 0 : clock.monotonic() - waitingSince;
      if (!isSameFolder(outcome.holder, claim) || waitedMs >= patienceMs) throw taken(outcome.holder);
      if (waitingSince === null) log.info("waiting for the end of the former watcher's lease");
      waitingSince ??= clock.monotonic();
      await gone(store, keys.source, outcome.item, clock, patienceMs - waitedMs, signal);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.warn("the source cannot be claimed yet", { why: error.message });
      await clock.sleep(retryMs, signal);
    }
  }
}

interface Refused {
  readonly holder: SourceReport;
  readonly item: KeyValue;
}

async function attempt(claim: SourceClaim): Promise<SourceHold | Refused> {
  const { store, keys, clock } = claim;
  const key = keys.source;
  const former = await store.get(key);
  if (former !== null) return { holder: decode<SourceReport>(former), item: former };
  const lease = await store.grant(sourceLeaseMs);
  try {
    const value = encode(firstRecord(claim, clock.now()));
    const won = await store.transact({
      compare: [{ key, createRevision: 0 }],
      then: [{ put: key, value, lease: lease.id }],
    });
    if (won.ok) return { guard: { key, createRevision: won.revision }, lease };
  } catch (error) {
    // Where the outcome is unknown, a key that was written after all goes with its lease.
    await lease.revoke().catch(ignoreStoreErrors);
    throw error;
  }
  await lease.revoke().catch(ignoreStoreErrors);
  return attempt(claim);
}

function firstRecord({ id, host, directory }: SourceClaim, at: number): SourceReport {
  return { id, host, directory, status: "reading", at, digest: null, pending: null, problems: [] };
}

function isSameFolder(holder: SourceReport, { host, directory }: SourceClaim): boolean {
  return holder.host === host && holder.directory === directory;
}

function taken({ id, host, directory }: SourceReport): KeelError {
  return new KeelError("source-taken", { id, host, directory });
}

/** Resolves when the key is deleted, or `ms` are over. */
async function gone(
  store: Store,
  key: string,
  { modRevision }: KeyValue,
  clock: Clock,
  ms: number,
  signal: AbortSignal,
): Promise<void> {
  const over = new AbortController();
  const cancel = clock.timer(ms, () => over.abort());
  try {
    for await (const event of store.watch(key, modRevision, AbortSignal.any([signal, over.signal]))) {
      if (event.type === "relist") return;
      if (event.changes.some((change) => change.type === "delete")) return;
    }
  } finally {
    cancel();
  }
}

/** A lease that cannot be revoked now runs out by itself. */
function ignoreStoreErrors(error: unknown): void {
  if (!(error instanceof StoreError)) throw error;
}
