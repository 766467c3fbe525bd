import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { EditRefusal } from "../../reconciler/desired/edit/refusal.ts";
import type { FileChange } from "../../reconciler/desired/edit/plan-edits.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { issueLines, readerOf } from "../folder.ts";
import { count, duration } from "../option-values.ts";
import { print } from "../output/paint.ts";
import { allowDestroyOption, allowOrphanOption } from "./plan.ts";

interface RollbackOptions {
  readonly yes?: true;
  readonly apply: boolean;
  readonly wait: boolean;
  readonly timeout?: number;
  readonly allowDestroy?: number;
  readonly allowOrphan?: number;
}

/** `keel rollback`: edits the files so that they say what a generation said, then applies them. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("rollback")
    .description("Edit the files so that they say what a generation said; then plan and apply them.")
    .argument("<generation>", "its number; `keel history` lists them", count)
    .option("-y, --yes", "do not ask. Approves nothing: what destroys needs `keel approve`")
    .option("--no-apply", "edit the files, and leave the rest to `keel apply`")
    .option("--no-wait", "do not follow what is done")
    .option("--timeout <duration>", "follow it for at most so long; it goes on afterwards", duration)
    .addOption(allowDestroyOption())
    .addOption(allowOrphanOption())
    .action(async (generation: number, options: RollbackOptions, self: Command) => {
      await using run = context(self);
      await rollback(generation, options, run);
    });
  withExamples(command, [
    ["keel rollback 12", "show the edits, ask, make them; then as `keel apply`"],
    ["keel rollback 12 --no-apply", "only edit the files, to look at them or to commit them first"],
  ]);
}

async function rollback(generation: number, options: RollbackOptions, context: Context): Promise<void> {
  context.format(["table"]);
  const changes = await plannedChanges(generation, context);
  await makeEdits(changes, { generation, yes: options.yes === true }, context);
  if (!options.apply) {
    context.out("Next: keel apply");
    return;
  }
  const { allowDestroy = null, allowOrphan = null } = options;
  const { proposeFolder } = await import("../propose-folder.ts");
  const { putIntoForce } = await import("../put-into-force.ts");
  const proposed = await proposeFolder(context, { allowDestroy, allowOrphan, isTold: true });
  context.out("");
  await putIntoForce(context, proposed, {
    yes: options.yes === true,
    // Whatever was applied since is what is to be undone.
    undo: true,
    saved: null,
    follow: options.wait,
    timeoutMs: options.timeout ?? null,
    goals: [],
    insists: false,
    note: `rollback to generation ${String(generation)}`,
    keepsBase: true,
  });
}

/** @throws KeelError `no-generation`, `refused` */
async function plannedChanges(generation: number, context: Context): Promise<readonly FileChange[]> {
  const { signal } = context;
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { HistoryReader } = await import("../../reconciler/control/history.ts");
  const { planRollback } = await import("../rollback-edits.ts");
  const { documents } = await new HistoryReader(store, keys).read(generation);
  const reader = readerOf(context);
  const planned = await planRollback(reader, documents, signal);
  if (!planned.ok) throw refused(planned.refusal, generation, context);
  return planned.changes;
}

async function makeEdits(
  changes: readonly FileChange[],
  { generation, yes }: { readonly generation: number; readonly yes: boolean },
  context: Context,
): Promise<void> {
  if (changes.length === 0) {
    context.out(`The files say already what generation ${String(generation)} said.`);
    return;
  }
  const { textDiff } = await import("../output/text-diff.ts");
  const folder = context.directoryName.replace(/\/+$/, "");
  for (const { file, before, after } of changes) print(context, textDiff(`${folder}/${file}`, before, after));
  if (!yes) await context.confirm("\nMake these edits? Only 'yes' will be accepted: ");
  const { writeChanges } = await import("../../reconciler/desired/edit/write-changes.ts");
  const problem = await writeChanges(context.directory, changes);
  if (problem !== undefined) throw refused(problem, generation, context);
  context.out(`\nThe files say what generation ${String(generation)} said.`);
}

/** Nothing was written. Issues of the folder are told line by line. */
function refused(refusal: EditRefusal, generation: number, context: Context): KeelError {
  for (const line of issueLines(refusal.issues, context)) context.err(line);
  const { message, advice } = refusal;
  const what = `Editing the files back to generation ${String(generation)}`;
  return new KeelError("refused", { what, why: `${message}; nothing was changed`, advice: sentence(advice) });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
