/** What is said of a new look, where a screen reader reads instead of an eye: only what is another than before. */
import type { ClusterReport } from "../reconciler/model/report.ts";
import type { Snapshot } from "./snapshot.ts";
import { textOf, type Line } from "./view/line.ts";
import type { Panel } from "./view/panel.ts";

/** Lines to be written below what was said before. `before`: null: nothing was. */
export function announcements(before: Snapshot | null, after: Snapshot): readonly string[] {
  return [
    ...news(before?.banners ?? [], after.banners),
    ...stateChanges(before?.report ?? null, after.report),
    ...panelNews(before, after),
    ...bottomNews(before, after),
  ];
}

/** Columns are told apart by commas, and not by where they stand. */
export function spoken(line: Line): string {
  return textOf(line)
    .trim()
    .replaceAll(" ,", ",")
    .replaceAll(/,? {2,}/g, ", ");
}

function news(before: readonly Line[], after: readonly Line[]): readonly string[] {
  const said = new Set(before.map(spoken));
  return after.map(spoken).filter((text) => text !== "" && !said.has(text));
}

function panelNews(before: Snapshot | null, after: Snapshot): readonly string[] {
  const panel = panelOf(after);
  if (panel === null) return [];
  const former = before === null ? null : panelOf(before);
  const isNew = former?.title !== panel.title;
  if (panel.scrolls === "text") {
    const lines = news(
      isNew || before === null ? [] : linesOf(former, before.now),
      linesOf(panel, after.now),
    );
    return isNew ? [heading(panel), ...lines] : lines;
  }
  const row = rowOf(panel, after);
  if (isNew) return [heading(panel), ...(panel.headings === null ? [] : [spoken(panel.headings)]), row];
  return before !== null && isSameRow(rowOf(former, before), row) ? [] : [row];
}

function panelOf({ panels, cursor }: Snapshot): Panel | null {
  return panels[cursor.panel]?.panel ?? null;
}

function heading({ title, aside }: Panel): string {
  return aside.length === 0 ? title : `${title}: ${spoken(aside)}`;
}

function linesOf(panel: Panel | null, now: number): readonly Line[] {
  return (panel?.keys ?? []).map((_, index) => panel?.lineAt(index, now) ?? []);
}

/** `3 of 12: web1, running, hv1`, and whether it is marked. */
function rowOf(panel: Panel | null, { cursor, now, object, state }: Snapshot): string {
  if (panel === null || panel.keys.length === 0) return panel?.empty.join(" ") ?? "";
  const mark = object !== null && state.marks.has(object) ? "marked, " : "";
  const place = `${String(cursor.index + 1)} of ${String(panel.keys.length)}`;
  return `${place}: ${mark}${spoken(panel.lineAt(cursor.index, now))}`;
}

/** Figures run on by themselves; who wants them asks again. */
function isSameRow(before: string, after: string): boolean {
  const place = (text: string) => text.slice(0, text.indexOf(":"));
  const words = (text: string) => text.replaceAll(/[0-9.]+/g, "0");
  return place(before) === place(after) && words(before) === words(after);
}

/** What is typed is told by the terminal itself. */
function bottomNews(before: Snapshot | null, after: Snapshot): readonly string[] {
  const isTyping = before?.state.prompt != null && before.state.prompt.kind === after.state.prompt?.kind;
  return isTyping ? [] : news(before?.bottom ?? [], after.bottom);
}

const toldMost = 5;

function stateChanges(before: ClusterReport | null, after: ClusterReport | null): readonly string[] {
  if (before === null || after === null || before === after) return [];
  const former = new Map(rowsOf(before).map(({ kind, name, state }) => [`${kind} ${name}`, state]));
  const changed = rowsOf(after).flatMap(({ kind, name, state }) => {
    const was = former.get(`${kind} ${name}`);
    return was === state ? [] : [`${kind} ${name}: ${state}${was === undefined ? "" : `, was ${was}`}`];
  });
  const more = changed.length - toldMost;
  return more > 0 ? [...changed.slice(0, toldMost), `and ${String(more)} more`] : changed;
}

function rowsOf({ nodes, vms }: ClusterReport) {
  return [...nodes, ...vms];
}
