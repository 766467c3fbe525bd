import type { Command } from "commander";
import { exitCodes } from "../../reconciler/model/errors.ts";
import { type Kind, kinds, parseObjectId } from "../../reconciler/model/names.ts";
import type { Issue } from "../../reconciler/desired/issues/issue.ts";
import type { LoadResult } from "../../reconciler/desired/load-result.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { printData } from "../output/answer.ts";
import { count } from "../../tui/view/amounts.ts";
import { kindsWord, kindWord } from "../output/object-names.ts";

/** `keel validate -o json`. */
export interface ValidateReport {
  readonly directory: string;
  /** No errors; warnings are none. */
  readonly ok: boolean;
  /** false: something could not be read, so nothing of it is known. */
  readonly readable: boolean;
  readonly errors: number;
  readonly warnings: number;
  /** Documents of each kind; all 0 where they are not legal. */
  readonly objects: Readonly<Record<Kind, number>>;
  readonly issues: readonly Issue[];
}

/** `keel validate`: everything that is wrong with the folder, without a store. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("validate")
    .description("Check the folder: everything that is wrong with it, at once. Needs no store.")
    .action(async (_options: object, self: Command) => {
      await using run = context(self);
      await validate(run);
    });
  withExamples(command, [
    ["keel validate", "check cluster.d"],
    ["keel validate --dir staging.d -o json", "check another folder, for a program"],
  ]);
}

async function validate(context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [{ issueLines }, { loadCheckingAgents }] = await Promise.all([
    import("../folder.ts"),
    import("../fence-agents.ts"),
  ]);
  const result = await loadCheckingAgents(context);
  const report = reportOf(result, context.directoryName);
  if (format === "table") {
    for (const line of issueLines(report.issues, context)) context.out(line);
    if (report.issues.length > 0) context.out("");
    context.out(summary(report));
  } else {
    await printData(context, format, report);
  }
  if (!report.ok) context.exitWith(exitCodes.invalid);
}

function reportOf(result: LoadResult, directory: string): ValidateReport {
  const issues = result.ok ? result.warnings : result.issues;
  const errors = issues.filter(({ severity }) => severity === "error").length;
  return {
    directory,
    ok: result.ok,
    readable: result.ok || result.reason === "invalid",
    errors,
    warnings: issues.length - errors,
    objects: countsOf(result),
    issues,
  };
}

function countsOf(result: LoadResult): Record<Kind, number> {
  const counts = { Cluster: 0, Node: 0, Profile: 0, VM: 0, Network: 0, StoragePool: 0 };
  if (!result.ok) return counts;
  for (const id of result.documents.keys()) counts[parseObjectId(id).kind] += 1;
  return counts;
}

/** `cluster.d is valid: 3 nodes, 12 vms.` */
function summary({ directory, ok, errors, warnings, objects }: ValidateReport): string {
  const warned = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
  if (!ok) return `${directory} is not valid: ${count(errors, "error")}${warned}.`;
  const counts = kinds
    .filter((kind) => objects[kind] > 0)
    .map((kind) => count(objects[kind], kindWord(kind), kindsWord(kind)));
  return `${directory} is valid: ${counts.length === 0 ? "it defines nothing" : counts.join(", ")}${warned}.`;
}
