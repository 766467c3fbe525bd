import { resolve } from "node:path";
import { type Command, Option } from "commander";
import { exitCodes } from "../../reconciler/model/errors.ts";
import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { count } from "../option-values.ts";
import { printData } from "../output/answer.ts";
import { layoutFor } from "../output/layout.ts";
import { print } from "../output/paint.ts";
import { planMarkdown } from "../output/plan-markdown.ts";
import { applyCommand } from "../output/plan-sentences.ts";
import { planLines } from "../output/plan-text.ts";
import type { FolderProposal } from "../propose-folder.ts";

interface PlanOptions {
  readonly out?: string;
  readonly detailedExitcode?: true;
  readonly detail?: true;
  readonly allowDestroy?: number;
  readonly allowOrphan?: number;
}

/** `keel plan`: what applying the folder would do. Writes nothing to the store. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("plan")
    .description("Show what applying the folder would do, and why. Nothing is changed.")
    .option("--out <file>", "save the plan, to be applied as it is: keel apply FILE")
    .option("--detailed-exitcode", "exit with 2 where apply would do something")
    .option("--detail", "show every change and every step, however many")
    .addOption(allowDestroyOption())
    .addOption(allowOrphanOption())
    .action(async (options: PlanOptions, self: Command) => {
      await using run = context(self);
      await plan(options, run);
    });
  withExamples(command, [
    ["keel plan", "what the edits in cluster.d would do"],
    ["keel plan --out edits.plan", "save it; then: keel apply edits.plan"],
    ["keel plan -o markdown", "for a merge request"],
    ["keel plan --detailed-exitcode", "for a script: 2 says that there is something to apply"],
  ]);
}

export function allowDestroyOption(): Option {
  return new Option("--allow-destroy <n>", "exactly this many objects are meant to be destroyed").argParser(
    count,
  );
}

export function allowOrphanOption(): Option {
  return new Option("--allow-orphan <n>", "exactly this many objects are meant to be gone").argParser(count);
}

async function plan(options: PlanOptions, context: Context): Promise<void> {
  const { allowDestroy = null, allowOrphan = null } = options;
  const file = options.out === undefined ? null : resolve(context.world.cwd, options.out);
  const format = context.format(["table", "json", "markdown"]);
  const { proposeFolder } = await import("../propose-folder.ts");
  const proposed = await proposeFolder(context, { allowDestroy, allowOrphan, isTold: format !== "json" });
  if (file !== null) {
    const { savePlan } = await import("../save-plan.ts");
    await savePlan(context, proposed, { path: file, allowDestroy });
  }
  await show(context, proposed, format, options.detail === true);
  if (format === "table") tellNext(context, proposed, options);
  if (options.detailedExitcode === true && proposed.report.hasChanges) context.exitWith(exitCodes.changes);
}

async function show(
  context: Context,
  { report, proposal }: FolderProposal,
  format: "table" | "json" | "markdown",
  detail: boolean,
): Promise<void> {
  const subject = { directoryName: context.directoryName, changesIntent: proposal.changesIntent };
  const layout = layoutFor(context, detail);
  switch (format) {
    case "table":
      print(context, planLines(report, subject, layout));
      return;
    case "json":
      await printData(context, "json", report);
      return;
    case "markdown":
      context.out(planMarkdown(report, subject, layout));
      return;
    default:
      unreachable(format);
  }
}

/** What to type next, as it is to be typed. */
function tellNext(context: Context, { report, proposal }: FolderProposal, options: PlanOptions): void {
  const { out: file = null, allowDestroy = null, allowOrphan = null } = options;
  if (file !== null) context.out(`Saved to ${file}; it is good for one apply, within 24 hours.`);
  if (!report.hasChanges && !proposal.changesIntent) return;
  context.out(
    `Next: ${applyCommand({ directoryName: context.directoryName, file, allowDestroy, allowOrphan })}`,
  );
}
