/**
 * A watcher that was cut off for 100,000 changes and a compaction: from the mended wire until its view equals the
 * store's, and the memory of the watcher's process. etcd where it is installed, without fsync.
 */
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { connectStore } from "../reconciler/store/etcd/etcd-store.ts";
import { startEmbedded } from "../test/support/etcd-embedded.ts";
import { missingEtcd } from "../test/support/etcd.ts";
import { startEtcdCluster } from "../test/support/etcd-cluster.ts";
import { cutOffAndBack } from "../test/support/watch-cut-off.ts";
import type { Report } from "./report.ts";

export const name = "watch-catch-up";

const changes = 100_000;

export async function run(report: Report): Promise<void> {
  const embedded = await startEmbedded();
  try {
    await measure(report, "embedded", [embedded.endpoint]);
  } finally {
    await embedded.close();
  }
  if (missingEtcd() !== null) return;
  const cluster = await startEtcdCluster({ members: 3 });
  try {
    await measure(report, "three-member etcd", cluster.endpoints);
  } finally {
    await cluster.close();
  }
}

async function measure(report: Report, what: string, endpoints: readonly string[]): Promise<void> {
  const store = connectStore({ endpoints, clock: systemClock });
  const [target = ""] = endpoints;
  try {
    const { tookMs, peakBytes, grewBytes, isEqual } = await cutOffAndBack({
      target,
      store,
      prefix: "/bench/",
      changes,
      compact: (revision) => store.compact(revision),
    });
    if (!isEqual) throw new Error("the watcher's view is not the store's");
    report.figure(`${what}, time`, tookMs / 1000, "s");
    report.figure(`${what}, peak memory of the watcher`, peakBytes / 1024 ** 2, "MiB");
    report.figure(`${what}, of it for catching up`, grewBytes / 1024 ** 2, "MiB");
  } finally {
    await store.close();
  }
}
