/** Lists as `-o` asks for them. */
import type { Context } from "../context.ts";
import type { Item, Listed, Listing } from "../listings/listing.ts";
import { printData } from "./answer.ts";
import { printRows } from "./paint.ts";

export const listFormats = ["table", "wide", "json", "yaml", "name"] as const;
/** What can be written one change at a time. */
export const watchFormats = ["table", "wide", "json", "name"] as const;
export type WatchFormat = (typeof watchFormats)[number];
export type ListFormat = (typeof listFormats)[number];

export interface NamedList {
  readonly listing: Listing;
  readonly listed: Listed;
}

export interface ListOptions {
  readonly format: ListFormat;
  readonly headings: boolean;
}

type Screen = Pick<Context, "out" | "colour" | "terminal">;

/** One list, or several: as tables with a line between them, or as one list of items. */
export async function printLists(
  screen: Screen,
  lists: readonly NamedList[],
  options: ListOptions,
): Promise<void> {
  const { format } = options;
  switch (format) {
    case "json":
    case "yaml":
      await printData(screen, format, { items: lists.flatMap(({ listed }) => listed.items) });
      return;
    case "name":
      for (const { listing, listed } of lists) {
        for (const item of listed.items) screen.out(nameOf(listing, item));
      }
      return;
    case "table":
    case "wide":
      printTables(screen, lists, options);
  }
}

function printTables(screen: Screen, lists: readonly NamedList[], { format, headings }: ListOptions): void {
  const filled = lists.filter(({ listed }) => listed.items.length > 0);
  for (const [index, { listed }] of filled.entries()) {
    if (index > 0) screen.out("");
    printRows(screen, listed.lines(format === "wide").slice(headings ? 0 : 1));
  }
}

/** `vm/web1`: what other commands take. */
export function nameOf({ word }: Listing, { name }: Item): string {
  return `${word}/${name}`;
}
