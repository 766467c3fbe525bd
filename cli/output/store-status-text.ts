/** `keel store status`: what there is, a line each, then the members. */
import { formatTime } from "../../reconciler/desired/times.ts";
import { defaultQuotaBytes, type HousekeepingRecord } from "../../reconciler/control/housekeeping.ts";
import type { StoreMember, StoreStatus } from "../../reconciler/store/maintenance.ts";
import { count, formatBytes } from "../../tui/view/amounts.ts";
import { bar, fillTone } from "../../tui/view/bar.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { type Layout, sections } from "./layout.ts";
import { tableOf } from "./table.ts";

/** `keel store status -o json`. */
export interface StoreStatusReport extends StoreStatus {
  readonly cluster: string;
  /** Of the records that this version of keel writes. */
  readonly formatVersion: number;
  /** Of this cluster: how many keys, and what they and their values take. */
  readonly keys: number;
  readonly keyBytes: number;
  /** The files take half of the quota, or more. */
  readonly sizeAlarm: boolean;
  readonly frozen: { readonly why: string; readonly by: string; readonly at: number } | null;
  /** Restores that were accepted so far. */
  readonly restores: number;
  /** A restore was begun and has not ended. */
  readonly halfRestored: boolean;
  /** Of what was applied; null where nothing was. */
  readonly history: { readonly oldest: number; readonly newest: number } | null;
  /** What the leader forgot of the store's past last; null where it had no reason yet. */
  readonly compacted: HousekeepingRecord["compacted"];
}

export function storeStatusText(report: StoreStatusReport, layout: Layout): readonly Line[] {
  return sections([factsOf(report, layout), membersOf(report.members)]);
}

function factsOf(report: StoreStatusReport, layout: Layout): readonly Line[] {
  const { storeId, version, revision, cluster, keys, keyBytes, formatVersion, history, restores } = report;
  const restored = restores === 0 ? "" : `, ${count(restores, "restore")} accepted`;
  return [
    fact("store", [span(`${storeId}, version ${version}, revision ${String(revision)}${restored}`)]),
    fact("cluster", [
      span(`${cluster}: ${count(keys, "key")}, ${formatBytes(keyBytes)}, format ${String(formatVersion)}`),
    ]),
    ...sizeOf(report, layout),
    fact("applied", [
      span(
        history === null
          ? "nothing"
          : `generations ${String(history.oldest)} to ${String(history.newest)} are kept`,
      ),
    ]),
    fact("past", [span(pastOf(report))]),
    fact("frozen", frozenOf(report)),
    ...alarmsOf(report),
  ];
}

function sizeOf({ bytes, bytesInUse, quotaBytes, sizeAlarm }: StoreStatusReport, layout: Layout): Line[] {
  const quota = quotaBytes ?? defaultQuotaBytes;
  const ratio = bytes / quota;
  const guessed = quotaBytes === null ? ", etcd's default" : "";
  const words = `${formatBytes(bytes)} of ${formatBytes(quota)}${guessed}; ${formatBytes(bytesInUse)} in use`;
  const lines = [fact("size", [...bar(ratio, 20, fillTone(ratio), layout.glyphs), span(`  ${words}`)])];
  if (!sizeAlarm) return lines;
  return [
    ...lines,
    fact("", [span("! half of the quota is taken; defragment it, or give it a larger one", "warn")]),
  ];
}

function pastOf({ compacted }: StoreStatusReport): string {
  if (compacted === null) return "nothing was forgotten yet";
  return `forgotten up to revision ${String(compacted.revision)}, at ${formatTime(compacted.at)}`;
}

function frozenOf({ frozen, halfRestored }: StoreStatusReport): Line {
  if (frozen === null) return [span("no")];
  const after = halfRestored
    ? "a restore is half done: give the same file again"
    : "`keel store accept-restore` ends it";
  const { by, at, why } = frozen;
  return [span(`! since ${formatTime(at)} by ${by}: ${why}; ${after}`, "bad")];
}

function alarmsOf({ alarms }: StoreStatusReport): readonly Line[] {
  if (alarms.length === 0) return [fact("alarms", [span("none")])];
  return alarms.map(({ member, kind }) => {
    const what = kind === "no-space" ? "it takes no writes: its quota is used up" : "its data is corrupt";
    return fact("alarm", [span(`! ${member}: ${what}`, "bad")]);
  });
}

function membersOf(members: readonly StoreMember[]): readonly Line[] {
  return tableOf<StoreMember>(
    [
      { title: "MEMBER", cell: ({ name }) => [span(name)] },
      { title: "ENDPOINT", cell: ({ endpoint }) => [span(endpoint)] },
      { title: "LEADER", cell: ({ leader, learner }) => [span(leader ? "yes" : learner ? "learns" : "")] },
      {
        title: "PROBLEM",
        cell: ({ problem }) => (problem === null ? [] : [span(`! ${problem}`, "bad")]),
      },
    ],
    members,
  );
}

function fact(name: string, line: Line): Line {
  return [span(name.padEnd(10), "muted"), ...line];
}
