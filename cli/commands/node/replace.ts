import type { Command } from "commander";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { vouchFor } from "../../vouch-for.ts";

/** `keel node replace`: another machine goes by the name of one that is proven dead. */
export function register(node: Command, context: ContextFactory): void {
  const command = node
    .command("replace")
    .description(
      "Give the name of a node that is proven dead to another machine; the former one may not return.",
    )
    .argument("<node>", "its name; it is asked for again")
    .action(async (name: string, _: unknown, self: Command) => {
      await using run = context(self);
      await replace(name, run);
    });
  withExamples(command, [["keel node replace hv1", "once a new machine stands in the place of hv1"]]);
}

async function replace(node: string, context: Context): Promise<void> {
  const { noteWord, wishOf } = await import("../../node-words.ts");
  const wish = await wishOf(context, "replace", node);
  await vouchFor(node, context);
  await noteWord(context, wish);
  context.out(
    `Noted: another machine may go by the name ${node}. Start its heartbeat, look at it, then \`keel node ready ${node}\`.`,
  );
}
