/** Where files, what was applied, and what runs differ from each other. */
import type { ClusterReport, DriftReport, PlanReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter } from "../filter.ts";
import { count, formatMoment } from "../view/amounts.ts";
import { editEntries, objectCellsOf } from "../view/change-entries.ts";
import { joinLines, span, type Line, type Tone } from "../view/line.ts";
import { emptyEntry, entry, panelOfEntries, type Canvas, type Entry, type Panel } from "../view/panel.ts";
import { sourceEntries } from "../view/source-entries.ts";
import { fit } from "../view/text.ts";

interface DriftKind {
  readonly kind: DriftReport["kind"];
  readonly title: string;
  readonly meaning: string;
  readonly tone: Tone;
}

const driftKinds: readonly DriftKind[] = [
  { kind: "drift", title: "FIELD DRIFT", meaning: "changed by hand; apply reverts it", tone: "warn" },
  { kind: "state", title: "STATE", meaning: "not in the state that is wanted", tone: "warn" },
  {
    kind: "pending",
    title: "AT NEXT RESTART",
    meaning: "applied; the guest sees it when it restarts",
    tone: "busy",
  },
  { kind: "orphaned", title: "ORPHANED", meaning: "no document names it; left as it is", tone: "warn" },
  { kind: "unmanaged", title: "UNMANAGED", meaning: "never named by a document", tone: "muted" },
];

export function driftPanel(report: ClusterReport, filter: string, canvas: Canvas): Panel {
  const wanted = parseFilter(filter);
  const drift = report.drift.filter((item) => matches(wanted, `${item.kind} ${item.object} ${item.text}`));
  const groups = driftKinds.map((kind) => driftGroup(kind, drift, canvas));
  return panelOfEntries(
    {
      title: filter === "" ? "DRIFT" : `DRIFT  /${filter}`,
      aside: aside(report),
      scrolls: "list",
      empty: [],
    },
    [
      ...sourceEntries(report.source, canvas),
      ...pendingEntries(report.source?.pending ?? null, filter, canvas),
      ...groups.flat(),
      ...(report.drift.length === 0 ? [emptyEntry, entry(null, calm(canvas))] : []),
    ],
  );
}

function pendingEntries(plan: PlanReport | null, filter: string, canvas: Canvas): readonly Entry[] {
  if (plan === null) return [];
  const wanted = parseFilter(filter);
  const changes = plan.changes.filter((change) => matches(wanted, `pending ${change.object} ${change.word}`));
  if (changes.length === 0) return [];
  const cells = objectCellsOf(changes);
  return [
    emptyEntry,
    entry(null, groupTitle("PENDING EDITS", plan.changes.length, "in the files, waiting for apply")),
    ...changes.flatMap((change) => editEntries(change, cells, canvas)),
  ];
}

function driftGroup(group: DriftKind, drift: readonly DriftReport[], canvas: Canvas): readonly Entry[] {
  const items = drift.filter((item) => item.kind === group.kind);
  if (items.length === 0) return [];
  const cells = objectCellsOf(items);
  return [
    emptyEntry,
    entry(null, groupTitle(group.title, items.length, group.meaning)),
    ...items.map((item) => ({
      key: `${item.object}#${item.kind}${item.field ?? ""}`,
      line: (now: number) => driftLine(item, group, cells, { canvas, now }),
    })),
  ];
}

function driftLine(
  item: DriftReport,
  group: DriftKind,
  objectCells: number,
  { canvas, now }: { readonly canvas: Canvas; readonly now: number },
): Line {
  const { glyphs } = canvas;
  const difference: Line =
    item.field === null
      ? [span(item.text)]
      : [
          span(`${item.place ?? item.field}: `),
          span(`wanted ${item.wanted ?? "nothing"}`, "muted"),
          span(` ${glyphs.away} live ${item.live ?? "nothing"}`),
          ...sinceSpans(item, now),
        ];
  return [
    span(`${glyphs.away} ${fit(item.kind, 9, glyphs.ellipsis)} `, group.tone),
    span(`${fit(item.object, objectCells, glyphs.ellipsis)}  `, "title"),
    ...(item.node === null ? [] : [span(`${item.node}  `, "muted")]),
    ...difference,
  ];
}

/** What apply does not set back says so. */
function sinceSpans({ kind, effect, since, noticed }: DriftReport, now: number): Line {
  const word = noticed === "reading" ? "seen since" : "since";
  const when = since === null ? "" : `  ${word} ${formatMoment(since, now)}`;
  const waits = kind === "drift" && effect === "next-restart" ? "  back at next restart" : "";
  return when === "" && waits === "" ? [] : [span(when + waits, "muted")];
}

function groupTitle(title: string, number: number, meaning: string): Line {
  return [span(`${title} ${String(number)}`, "title"), span(`  ${meaning}`, "muted")];
}

function aside(report: ClusterReport): Line {
  const pending = report.source?.pending?.changes.length ?? 0;
  return joinLines(
    [
      pending === 0 ? [] : [span(`${count(pending, "edit")} pending`, "warn")],
      report.drift.length === 0 ? [] : [span(`${String(report.drift.length)} drift`, "warn")],
    ],
    span("  "),
  );
}

function calm(canvas: Canvas): Line {
  return [span(`${canvas.glyphs.good} What runs is what was applied.`, "ok")];
}
