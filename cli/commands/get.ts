import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import { warnIfFrozen } from "../frozen.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import type { Item, Listing, ListingOf, View } from "../listings/listing.ts";
import { listFormats, type NamedList, printLists, watchFormats } from "../output/listing-output.ts";
import { notFound } from "../output/object-names.ts";

interface GetOptions {
  readonly watch?: true;
  /** false: `--no-headers`. */
  readonly headers: boolean;
}

/** `keel get`: lists of what there is. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("get")
    .description(
      "List what there is: vms, nodes, networks, pools, profiles, steps, events, or all of the objects.",
    )
    .argument("<kind>", "what to list; vm/web1 is one object")
    .argument("[names...]", "only these")
    .option("-w, --watch", "go on, and write each item again when it has changed")
    .option("--no-headers", "without the line of titles")
    .action(async (kind: string, names: readonly string[], options: GetOptions, self: Command) => {
      await using run = context(self);
      await get(kind, names, options, run);
    });
  withExamples(command, [
    ["keel get vms", "every VM: its state, where it is, and what is to be known of it"],
    ["keel get node hv1 -o json", "one node, for a program"],
    ["keel get vms -o name", "names that other commands take: vm/web1"],
    ["keel get steps --watch", "what is being done, while it goes on"],
  ]);
}

async function get(
  kind: string,
  names: readonly string[],
  options: GetOptions,
  context: Context,
): Promise<void> {
  const format = options.watch === true ? context.format(watchFormats) : context.format(listFormats);
  const { listingNamed, objectListings } = await import("../listings/index.ts");
  const { viewOf } = await import("../view.ts");
  const feed = await context.feed();
  warnIfFrozen(feed.state, context);
  const listOptions = { format, headings: options.headers };
  if (kind.toLowerCase() === "all") {
    if (names.length > 0 || options.watch === true) {
      throw new KeelError("usage", { problem: "`get all` takes no names and does not watch; name a kind." });
    }
    const view = viewOf(feed, context);
    const lists = objectListings.map((listing) => ({ listing, listed: listing.list(view, []) }));
    await printLists(context, lists, listOptions);
    return;
  }
  const [word = "", ...inside] = kind.split("/");
  const listing = listingNamed(word);
  const wanted = [
    ...(inside.length === 0 ? [] : [inside.join("/")]),
    ...names.map((name) => withoutKind(name, listing)),
  ];
  const list = listNamed(listing, viewOf(feed, context), wanted);
  if (options.watch === true) {
    const { watchList } = await import("../watch-lists.ts");
    await watchList(context, { ...listOptions, listing, names: wanted });
  }
  if (list.listed.items.length === 0) context.err(`There are no ${listing.plural} here.`);
  await printLists(context, [list], listOptions);
}

/** The list of one kind. `fits`: only those; null: all. */
export async function list<Row extends Item>(
  context: Context,
  listing: ListingOf<Row>,
  fits: ((row: Row) => boolean) | null,
  headings: boolean,
): Promise<void> {
  const format = context.format(listFormats);
  const { viewOf } = await import("../view.ts");
  const feed = await context.feed();
  warnIfFrozen(feed.state, context);
  const listed = listing.fitting(viewOf(feed, context), fits ?? (() => true));
  if (listed.items.length === 0)
    context.err(`There are no ${listing.plural} ${fits === null ? "here" : "that fit"}.`);
  await printLists(context, [{ listing, listed }], { format, headings });
}

/** `vm/web1` among the names of `get vm` is `web1`. */
function withoutKind(name: string, { word }: Listing): string {
  return name.startsWith(`${word}/`) ? name.slice(word.length + 1) : name;
}

/** @throws KeelError `not-found` where one of the names is of nothing */
function listNamed(listing: Listing, view: View, names: readonly string[]): NamedList {
  const listed = listing.list(view, names);
  const missing = names.find((name) => !listed.items.some((item) => item.name === name));
  if (missing === undefined) return { listing, listed };
  const known = listing.list(view, []).items.map(({ name }) => name);
  throw notFound(listing.noun, listing.plural, missing, known);
}
