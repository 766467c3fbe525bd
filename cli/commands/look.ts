import type { Command } from "commander";
import type { Kind } from "../../reconciler/model/names.ts";
import type { ContextFactory } from "../context.ts";
import type { Item, ListingOf } from "../listings/listing.ts";
import { objectNamed } from "../output/object-names.ts";

/** `keel node list`: `keel get nodes`, where somebody looks for it beside what is done with nodes. */
export function registerList<Row extends Item>(
  parent: Command,
  context: ContextFactory,
  plural: string,
  listing: () => Promise<ListingOf<Row>>,
): Command {
  return parent
    .command("list")
    .description(`List ${plural}.`)
    .option("--no-headers", "without the line of titles")
    .action(async ({ headers }: { readonly headers: boolean }, self: Command) => {
      await using run = context(self);
      const { list } = await import("./get.ts");
      await list(run, await listing(), () => true, headers);
    });
}

/** `keel node info hv1`: `keel describe node/hv1`. */
export function registerDetails(
  parent: Command,
  context: ContextFactory,
  kind: Kind,
  description: string,
): Command {
  return parent
    .command("info")
    .description(description)
    .argument("<name>", "its name")
    .action(async (name: string, _options: object, self: Command) => {
      await using run = context(self);
      const { describeOne } = await import("./describe.ts");
      const named = name.includes("/") ? objectNamed(name, undefined, [kind]) : { kind, name };
      await describeOne(named, run);
    });
}
