/**
 * What the leader does so that the store does not fill up: forget the past that no watch can still want, and say in
 * time that it grows. Compacting needs no guard, since it takes nothing away that anybody relies on; only the leader
 * does it so that it is done once.
 */
import type { Clock } from "../model/clock.ts";
import { objectId } from "../model/names.ts";
import { describeReason, reason } from "../model/reasons.ts";
import type { EventReport } from "../model/report.ts";
import type { Log } from "../runtime/log.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { StoreMaintenance, StoreStatus } from "../store/maintenance.ts";
import { type Compare, type Operation, type Revision, type Store, StoreError } from "../store/store.ts";
import { EventLog, nextEvent } from "./event-log.ts";

export interface HousekeepingOptions {
  readonly store: Store;
  readonly maintenance: StoreMaintenance;
  readonly keys: ClusterKeys;
  /** Its name. */
  readonly cluster: string;
  readonly clock: Clock;
  readonly log: Log;
  /** The leadership, compared in every write. */
  readonly guard: Compare;
}

/** `housekeeping`: what was done last. */
export interface HousekeepingRecord {
  readonly compacted: { readonly revision: Revision; readonly at: number } | null;
  /** Since when the store has been more than half full; null while it is not. */
  readonly fullSince: number | null;
}

/** What is younger stays: a watch that was cut off for less goes on where it was. */
export const pastKeptMs = 300_000;
/** Less past than this is not worth the work. */
const revisionsWorthIt = 100;
/** Of the quota. The gap between the two keeps a size that sways from being told again and again. */
const fullRatio = 0.5;
const roomRatio = 0.4;
/** etcd's own, for a store that does not tell. */
export const defaultQuotaBytes = 2 * 1024 ** 3;

/** Looks after the store until aborted, then returns. */
export async function keepHouse(options: HousekeepingOptions, signal: AbortSignal): Promise<void> {
  const { clock, log } = options;
  let former: Revision | null = null;
  while (!signal.aborted) {
    try {
      former = await orAborted(lookAfter(options, former), signal);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      log.warn("the store could not be looked after", { why: error.message });
    }
    await clock.sleep(pastKeptMs, signal).catch(() => undefined);
  }
}

/** Null once aborted, whatever is under way then: compacting a large store takes its time, and goes on without us. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const over = new AbortController();
  const aborted = new Promise<null>((resolve) => {
    signal.addEventListener("abort", () => resolve(null), { signal: over.signal });
    if (signal.aborted) resolve(null);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    over.abort();
  }
}

/** One look. `former`: the store's revision at the look before; the past up to there is old enough to be forgotten. */
async function lookAfter(options: HousekeepingOptions, former: Revision | null): Promise<Revision> {
  const { store, maintenance, keys, clock, log } = options;
  const status = await maintenance.status();
  const held = await store.get(keys.housekeeping);
  const before = held === null ? nothingDone : decode<HousekeepingRecord>(held);
  let record = before;
  if (former !== null && former - (record.compacted?.revision ?? 0) >= revisionsWorthIt) {
    await maintenance.compact(former);
    log.info("forgot the store's past", { revision: former });
    record = { ...record, compacted: { revision: former, at: clock.now() } };
  }
  const news = newsOfSize(status, record);
  if (news !== null) record = { ...record, fullSince: news.isFull ? clock.now() : null };
  if (record !== before) {
    const then = [{ put: keys.housekeeping, value: encode(record) }];
    await store.transact({ compare: [options.guard], then: [...then, ...(await tell(options, news))] });
  }
  return status.revision;
}

const nothingDone: HousekeepingRecord = { compacted: null, fullSince: null };

/** Whether the size alarm is on, for one who did not see it before. */
export function isHalfFull({ bytes, quotaBytes }: Pick<StoreStatus, "bytes" | "quotaBytes">): boolean {
  return bytes >= (quotaBytes ?? defaultQuotaBytes) * fullRatio;
}

interface SizeNews {
  readonly isFull: boolean;
  readonly bytes: number;
  readonly quota: number;
}

/** Null: nothing that was not told. Counted is what the files take: that is what etcd holds against its quota. */
function newsOfSize(status: StoreStatus, { fullSince }: HousekeepingRecord): SizeNews | null {
  const quota = status.quotaBytes ?? defaultQuotaBytes;
  const isFull = fullSince === null ? isHalfFull(status) : status.bytes >= quota * roomRatio;
  return isFull === (fullSince !== null) ? null : { isFull, bytes: status.bytes, quota };
}

async function tell(options: HousekeepingOptions, news: SizeNews | null): Promise<readonly Operation[]> {
  if (news === null) return [];
  const { store, keys, cluster, clock, log } = options;
  const told = await store.list(keys.event(writer, ""));
  const next = nextEvent(
    told.items.map((item) => decode<EventReport>(item)),
    writer,
  );
  const events = new EventLog(keys, writer, () => clock.now(), next);
  const code = news.isFull ? "store-half-full" : "store-has-room";
  const text = describeReason(reason(code, { bytes: mebibytes(news.bytes), quota: mebibytes(news.quota) }));
  if (news.isFull) log.warn("the store is more than half full", { bytes: news.bytes, quota: news.quota });
  const level = news.isFull ? "warning" : "note";
  return [events.put({ object: objectId("Cluster", cluster), level, code, text })];
}

/** Its events have a ring of their own: they come seldom, and must not be pushed out by what happens every second. */
const writer = "store";

function mebibytes(bytes: number): string {
  return `${String(Math.round(bytes / 1024 ** 2))} MiB`;
}
