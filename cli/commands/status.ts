import type { Command } from "commander";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { warnIfFrozen } from "../frozen.ts";
import { printData } from "../output/answer.ts";
import { layoutFor } from "../output/layout.ts";
import { print } from "../output/paint.ts";

/** `keel status`: the cluster on one screen, what needs somebody's attention, and whether it could lose a node. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("status")
    .description(
      "Show the cluster as a whole: what is in which state, what needs attention, whether a node could be lost.",
    )
    .option("--detail", "show every VM that the loss of a node would leave without a place")
    .action(async ({ detail = false }: { readonly detail?: boolean }, self: Command) => {
      await using run = context(self);
      await status(run, detail);
    });
  withExamples(command, [
    ["keel status", "flushes under way, VMs that are held, what is blocked, what waits for a restart"],
    ["keel status -o json", "for a program; `spare.ok` says whether any one node could be lost"],
  ]);
}

async function status(context: Context, detail: boolean): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [{ reportStatus }, { statusLines }] = await Promise.all([
    import("../../reconciler/control/report/status-report.ts"),
    import("../output/status-text.ts"),
  ]);
  const { state } = await context.feed();
  warnIfFrozen(state, context);
  const now = context.clock.now();
  const report = reportStatus(state, now);
  if (format === "table") print(context, statusLines(report, now, layoutFor(context, detail)));
  else await printData(context, format, report);
}
