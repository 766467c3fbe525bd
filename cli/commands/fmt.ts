import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { FileChange } from "../../reconciler/desired/edit/plan-edits.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

interface FmtOptions {
  readonly check?: true;
  readonly diff?: true;
}

/** `keel fmt`: the layout of the files, and nothing that they say. Needs no store. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("fmt")
    .description("Lay the files of the folder out in one way. What they say, and comments, stay.")
    .argument("[files...]", "only these, by their names in the folder")
    .option(
      "--check",
      "change nothing, name the files that would change, and exit with 1 where there are any",
    )
    .option("--diff", "show what would change, and change nothing")
    .action(async (files: readonly string[], options: FmtOptions, self: Command) => {
      await using run = context(self);
      await format(run, files, options);
    });
  withExamples(command, [
    ["keel fmt", "all of them"],
    ["keel fmt --check", "for a merge request"],
    ["keel fmt web.yaml --diff", "what it would be"],
  ]);
}

/** @throws KeelError `not-found`, `refused`, `failed` */
async function format(context: Context, names: readonly string[], options: FmtOptions): Promise<void> {
  context.format(["table"]);
  const changes = await plannedChanges(context, names);
  if (options.diff === true) {
    const { diffLines } = await import("../verbs/hand-patch.ts");
    const { print } = await import("../output/paint.ts");
    print(context, diffLines(changes, context.directoryName));
  }
  const isLook = options.check === true || options.diff === true;
  for (const { file } of changes) if (options.diff !== true) context.out(file);
  if (options.check === true && changes.length > 0) context.exitWith(1);
  if (!isLook) await write(context, changes);
}

async function plannedChanges(context: Context, names: readonly string[]): Promise<readonly FileChange[]> {
  const { readerOf } = await import("../folder.ts");
  const { formatText } = await import("../../reconciler/desired/edit/format-text.ts");
  const { content } = await readerOf(context).readContent(context.signal);
  const unknown = names.find((name) => !content.files.has(name));
  if (unknown !== undefined) {
    throw new KeelError("usage", {
      problem: `There is no file ${unknown} of documents in ${context.directoryName}.`,
    });
  }
  const files = [...content.files.values()].filter(({ file }) => names.length === 0 || names.includes(file));
  return files.flatMap(({ file, text }): readonly FileChange[] => {
    const formatted = formatText(text);
    if (formatted.ok) return formatted.text === text ? [] : [{ file, before: text, after: formatted.text }];
    context.err(`${file} is left as it is: ${formatted.why}`);
    return [];
  });
}

/** One by one: a file that may not be written holds up no other. */
async function write(context: Context, changes: readonly FileChange[]): Promise<void> {
  const { writeChanges } = await import("../../reconciler/desired/edit/write-changes.ts");
  for (const change of changes) {
    const refused = await writeChanges(context.directory, [change]);
    if (refused === undefined) continue;
    context.err(`${change.file} is left as it is: ${refused.message}`);
    context.exitWith(1);
  }
}
