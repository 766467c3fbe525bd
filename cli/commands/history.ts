import type { Command } from "commander";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { listFormats } from "../output/listing-output.ts";

/** `keel history`: every apply that is kept, oldest first. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("history")
    .description("What was in force, and who applied it when. The last one is in force now.")
    .action(async (_options: unknown, self: Command) => {
      await using run = context(self);
      await tellHistory(run);
    });
  withExamples(command, [
    ["keel history", "the newest generations, up to a hundred"],
    ["keel history -o wide", "with times and digests"],
    ["keel diff 12", "what has changed since generation 12"],
  ]);
}

async function tellHistory(context: Context): Promise<void> {
  const format = context.format(listFormats);
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { readHistory } = await import("../../reconciler/control/history.ts");
  const { listGenerations } = await import("../listings/generations.ts");
  const { printLists } = await import("../output/listing-output.ts");
  const heads = await readHistory(store, keys);
  if (heads.length === 0 && (format === "table" || format === "wide")) {
    context.err("Nothing was ever applied.");
    return;
  }
  await printLists(context, [listGenerations(heads, context.clock.now())], { format, headings: true });
}
