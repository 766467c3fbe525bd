import type { Command } from "commander";
import type { Kind } from "../../reconciler/model/names.ts";
import type { ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import type { Item, ListingOf } from "../listings/listing.ts";
import { objectNamed } from "../output/object-names.ts";

/** `keel node list`: `keel get nodes`, where somebody looks for it beside what is done with nodes. */
export function registerList<Row extends Item>(
  parent: Command,
  context: ContextFactory,
  plural: string,
  listing: () => Promise<ListingOf<Row>>,
): Command {
  const command = parent
    .command("list")
    .description(`List ${plural}.`)
    .option("--no-headers", "without the line of titles")
    .action(async ({ headers }: { readonly headers: boolean }, self: Command) => {
      await using run = context(self);
      const { list } = await import("./get.ts");
      await list(run, await listing(), null, headers);
    });
  return withExamples(command, [
    [`keel ${parent.name()} list`, "as a table"],
    [`keel ${parent.name()} list -o json`, "for a program"],
  ]);
}

/** `keel node info hv1`: `keel describe node/hv1`. */
export function registerDetails(
  parent: Command,
  context: ContextFactory,
  kind: Kind,
  description: string,
): Command {
  const command = parent
    .command("info")
    .description(description)
    .argument("<name>", "its name")
    .action(async (name: string, _options: object, self: Command) => {
      await using run = context(self);
      const { describeOne } = await import("./describe.ts");
      const named = name.includes("/") ? objectNamed(name, undefined, [kind]) : { kind, name };
      await describeOne(named, run);
    });
  const example = examples[kind] ?? "NAME";
  return withExamples(command, [
    [`keel ${parent.name()} info ${example}`, "what is wanted, and what is there"],
  ]);
}

const examples: Readonly<Partial<Record<Kind, string>>> = {
  VM: "web1",
  Node: "hv1",
  Network: "servers",
  Profile: "base",
};
