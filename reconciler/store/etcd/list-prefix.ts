import type { IRangeResponse } from "etcd3";
import { limits, StoreError, type KeyValue, type Snapshot } from "../store.ts";
import type { Calls } from "./calls.ts";
import { isCompacted } from "./failure.ts";
import { keyValue, prefixRange, rangeAfter } from "./messages.ts";

/** Keys of the first page, when it is not known yet how large values are. */
const firstPageKeys = 250;
/** What a page should have, so that it comes well within a deadline. */
const pageBytes = 4 * 1024 * 1024;
/** How often it begins again because the revision it reads at was compacted meanwhile. */
const maxTries = 3;

/** All keys with a prefix at the revision of the first page. Each page has the deadline of a call. */
export async function listPrefix(calls: Calls, prefix: string): Promise<Snapshot> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await listOnce(calls, prefix);
    } catch (error) {
      if (!isCompacted(error)) throw error;
      if (tries === maxTries) {
        const text = `the store's history is compacted faster than ${prefix} can be read`;
        throw new StoreError("unreachable", text, { cause: error });
      }
    }
  }
}

async function listOnce(calls: Calls, prefix: string): Promise<Snapshot> {
  const items: KeyValue[] = [];
  let range = prefixRange(prefix);
  let page = await calls.repeatable(({ kv }, options) =>
    kv.range({ ...range, limit: firstPageKeys }, options),
  );
  const { revision, cluster_id: storeId } = page.header;
  for (;;) {
    for (const message of page.kvs) items.push(keyValue(message));
    const last = page.kvs.at(-1);
    if (!page.more || last === undefined) return { storeId, revision: Number(revision), items };
    range = rangeAfter(range, last.key);
    const request = { ...range, revision, limit: nextPageKeys(page) };
    page = await calls.repeatable(({ kv }, options) => kv.range(request, options));
  }
}

/** As many keys as fill a page, judging by the page before. */
function nextPageKeys({ kvs }: IRangeResponse): number {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  const average = bytes / Math.max(1, kvs.length);
  return Math.max(1, Math.min(limits.pageKeys, Math.floor(pageBytes / Math.max(1, average))));
}
