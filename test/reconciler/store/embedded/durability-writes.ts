import type { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import type { CoreOperation } from "../../../../reconciler/store/core/transaction.ts";

const countKey = "/count";

/**
 * Write number `n` of an endless list, always the same: one transaction that also counts, some with a deletion, some
 * beside a lease, of sizes from some bytes to some blocks of a disk.
 */
export function carryOutWrite(core: StoreCore, n: number): void {
  const leased = n % 11 === 0;
  if (leased) core.grant(3_600_000, String(n));
  if (n % 55 === 0 && n > 55) core.revoke(String(n - 11));
  const key = `/key/${n % 50}`;
  const value = `${n}:`.padEnd((n * 7919) % 1500, "x");
  const change: CoreOperation =
    n % 7 === 0
      ? { kind: "delete", range: { start: key, end: `${key}\0` } }
      : { kind: "put", key, value, lease: leased ? String(n) : "0" };
  const count: CoreOperation = { kind: "put", key: countKey, value: String(n), lease: "0" };
  core.transact({ conditions: [], success: [change, count], failure: [] });
}

/** How many of the writes a store has. */
export function writesIn(core: StoreCore): number {
  const [record] = core.range({ range: { start: countKey, end: `${countKey}\0` } }).records;
  return Number(record?.value ?? 0);
}
