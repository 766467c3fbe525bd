import type { Command } from "commander";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { count } from "../option-values.ts";
import { printData } from "../output/answer.ts";
import { layoutFor } from "../output/layout.ts";
import { print } from "../output/paint.ts";

/** `keel diff`: what two generations say otherwise. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("diff")
    .description("What differs between two generations, field by field, as the files said it.")
    .argument("<from>", "the number of a generation; `keel history` lists them", count)
    .argument("[to]", "another one; without it, the one in force", count)
    .action(async (from: number, to: number | undefined, _options: unknown, self: Command) => {
      await using run = context(self);
      await tellDifference(from, to ?? null, run);
    });
  withExamples(command, [
    ["keel diff 12 14", "what two applies changed together"],
    ["keel diff 12", "what has changed since generation 12"],
  ]);
}

async function tellDifference(from: number, to: number | null, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { HistoryReader, readHistory } = await import("../../reconciler/control/history.ts");
  const { documentChanges } = await import("../../reconciler/control/document-changes.ts");
  const reader = new HistoryReader(store, keys);
  const before = await reader.read(from);
  const newest = (await readHistory(store, keys)).at(-1)?.generation ?? from;
  const after = await reader.read(to ?? newest);
  const changes = documentChanges(before.documents, after.documents);
  if (format === "table") {
    const { differenceLines } = await import("../output/document-changes-text.ts");
    print(context, differenceLines(before.head, after.head, changes, layoutFor(context, true)));
    return;
  }
  const { differenceReport } = await import("../output/document-changes-report.ts");
  await printData(context, format, differenceReport(before.head, after.head, changes));
}
