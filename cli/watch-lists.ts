/** `--watch`: the list, and then each item again whenever it has changed, until the command is ended. */
import type { Context } from "./context.ts";
import { Changes } from "./follow/changes.ts";
import { fingerprint, type Item, type Listing } from "./listings/listing.ts";
import { jsonLineOf } from "../reconciler/control/report/json.ts";
import { type ListOptions, nameOf } from "./output/listing-output.ts";
import { printRows } from "./output/paint.ts";
import { textOf } from "../tui/view/line.ts";
import { viewOf } from "./view.ts";

/** What was last written about an item: as data, and as a row. */
interface Written {
  readonly item: Item;
  readonly data: string;
  readonly row: string;
}

export interface WatchOptions extends ListOptions {
  readonly listing: Listing;
  readonly names: readonly string[];
}

/**
 * In JSON each change is one line, so that a program can read line by line; what is gone comes with `"gone": true`.
 * Changes that make no difference in the form that is written are left out.
 */
export async function watchList(context: Context, options: WatchOptions): Promise<never> {
  const feed = await context.feed();
  const changes = new Changes(feed, context);
  let written = new Map<string, Written>();
  let isFirst = true;
  for (;;) {
    written = writeChanges(context, options, written, isFirst, viewOf(feed, context));
    isFirst = false;
    await changes.next();
  }
}

function writeChanges(
  context: Context,
  { listing, names, format, headings }: WatchOptions,
  before: ReadonlyMap<string, Written>,
  isFirst: boolean,
  view: ReturnType<typeof viewOf>,
): Map<string, Written> {
  const listed = listing.list(view, names);
  const [titles = [], ...rows] = listed.lines(format === "wide");
  if (isFirst && headings && (format === "table" || format === "wide")) printRows(context, [titles]);
  const now = new Map<string, Written>();
  for (const [index, item] of listed.items.entries()) {
    const row = rows[index] ?? [];
    const written = { item, data: fingerprint(item), row: textOf(row) };
    now.set(item.name, written);
    const former = before.get(item.name);
    if (former?.data === written.data || (isTable(format) && former?.row === written.row)) continue;
    if (isTable(format)) printRows(context, [row]);
    else context.out(dataLine(listing, item, format));
  }
  for (const { item } of before.values()) {
    if (!now.has(item.name)) context.out(goneLine(listing, item, format));
  }
  return now;
}

function isTable(format: ListOptions["format"]): boolean {
  return format === "table" || format === "wide";
}

function dataLine(listing: Listing, item: Item, format: ListOptions["format"]): string {
  return format === "name" ? nameOf(listing, item) : jsonLineOf(item);
}

function goneLine(listing: Listing, item: Item, format: ListOptions["format"]): string {
  if (isTable(format) || format === "name") return `${nameOf(listing, item)} is gone`;
  return jsonLineOf({ kind: item.kind, name: item.name, gone: true });
}
