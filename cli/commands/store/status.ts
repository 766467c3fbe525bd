import type { Command } from "commander";
import type { HousekeepingRecord } from "../../../reconciler/control/housekeeping.ts";
import { exitCodes } from "../../../reconciler/model/errors.ts";
import { neverRestored, type StoreRecord } from "../../../reconciler/model/store-record.ts";
import { decode, formatVersion } from "../../../reconciler/store/codec.ts";
import type { ClusterKeys } from "../../../reconciler/store/keys.ts";
import type { StoreStatus } from "../../../reconciler/store/maintenance.ts";
import type { Snapshot } from "../../../reconciler/store/store.ts";
import type { Cluster, Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import type { StoreStatusReport } from "../../output/store-status-text.ts";

/** `keel store status`: how the store is, and what is to be seen to. */
export function register(store: Command, context: ContextFactory): void {
  const status = store
    .command("status")
    .description("Show how the store is: members, size, alarms, history. Ends with 1 where an alarm is on.")
    .action(async (_options: object, command: Command) => {
      await using run = context(command);
      await showStatus(run);
    });
  withExamples(status, [
    ["keel store status", "all of it"],
    ["keel store status -o json", "for a program"],
  ]);
}

async function showStatus(context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [maintenance, store, cluster] = await Promise.all([
    context.maintenance(),
    context.store(),
    context.cluster(),
  ]);
  const status = await maintenance.status();
  const report = await reportOf(status, await store.list(cluster.keys.root), cluster);
  if (format === "table") {
    const { storeStatusText } = await import("../../output/store-status-text.ts");
    const { print } = await import("../../output/paint.ts");
    const { layoutFor } = await import("../../output/layout.ts");
    print(context, storeStatusText(report, layoutFor(context)));
  } else {
    await (await import("../../output/answer.ts")).printData(context, format, report);
  }
  context.exitWith(report.alarms.length > 0 || report.sizeAlarm ? exitCodes.error : exitCodes.ok);
}

async function reportOf(
  status: StoreStatus,
  { items }: Snapshot,
  { name: cluster, keys }: Cluster,
): Promise<StoreStatusReport> {
  const { isHalfFull } = await import("../../../reconciler/control/housekeeping.ts");
  const recordAt = (key: string) => items.find((item) => item.key === key);
  const held = recordAt(keys.store);
  const record = held === undefined ? neverRestored : decode<StoreRecord>(held);
  const housekeeping = recordAt(keys.housekeeping);
  const compacted = housekeeping === undefined ? null : decode<HousekeepingRecord>(housekeeping).compacted;
  return {
    cluster,
    ...status,
    formatVersion,
    keys: items.length,
    keyBytes: items.reduce((sum, { key, value }) => sum + byteLength(key) + byteLength(value), 0),
    sizeAlarm: isHalfFull(status),
    frozen: record.frozen,
    restores: record.counter,
    halfRestored: recordAt(keys.restoring) !== undefined,
    history: historyIn(items, keys),
    compacted,
  };
}

function historyIn(items: Snapshot["items"], keys: ClusterKeys): StoreStatusReport["history"] {
  const prefix = keys.histories;
  const generations = items
    .filter(({ key }) => key.startsWith(prefix))
    .map(({ key }) => Number(key.slice(prefix.length)));
  if (generations.length === 0) return null;
  return { oldest: Math.min(...generations), newest: Math.max(...generations) };
}

function byteLength(text: string): number {
  return Buffer.byteLength(text);
}
