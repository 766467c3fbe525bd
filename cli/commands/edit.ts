import type { Command } from "commander";
import type { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { kinds, objectId } from "../../reconciler/model/names.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { kindsWord, kindWord, notFound, objectNamed } from "../output/object-names.ts";

interface EditOptions {
  readonly apply: boolean;
}

/** `keel edit vm/web1`: the document in the user's editor, checked when it is left, then planned and applied. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("edit")
    .description(
      "Open an object's file at its line in $EDITOR; what comes out is checked, then planned and applied.",
    )
    .argument("<object>", "vm/web1, node/hv1")
    .option("--no-apply", "only edit the file, and leave the rest to `keel apply`; needs no store")
    .action(async (object: string, options: EditOptions, self: Command) => {
      await using run = context(self);
      if ((await edit(object, run)) && options.apply) await apply(run);
    });
  withExamples(command, [
    ["keel edit vm/web1", "what is wrong is shown above the text, which is opened again"],
    ["EDITOR='code --wait' keel edit node/hv1", "with another editor"],
  ]);
}

/** Whether anything was changed. @throws KeelError `not-found`, `refused`, `failed` */
async function edit(object: string, context: Context): Promise<boolean> {
  context.format(["table"]);
  const [{ readerOf, issueLines }, { editFile }] = await Promise.all([
    import("../folder.ts"),
    import("../edit-file.ts"),
  ]);
  const reader = readerOf(context);
  const { file, line, text, evaluate } = await documentOf(object, reader, context);
  const edited = await editFile(file, text, {
    line,
    env: context.world.env,
    problems: (next) => {
      const result = evaluate(next);
      return result.ok ? [] : issueLines(result.issues, context);
    },
  });
  if (edited === null) {
    context.out("Nothing was changed.");
    return false;
  }
  const { writeChanges } = await import("../../reconciler/desired/edit/write-changes.ts");
  const { directory } = context;
  const refused = await writeChanges(directory, [{ file, before: text, after: edited.text }]);
  if (refused !== undefined) {
    const advice = `What you wrote is in ${edited.copy}.`;
    throw new KeelError("refused", { what: `Editing ${file}`, why: refused.message, advice });
  }
  await edited.discard();
  context.out(`Changed ${file}.`);
  return true;
}

/** Found also in a folder that is not legal: that is what one may want to mend. */
async function documentOf(object: string, reader: FolderReader, { signal }: Context) {
  const { kind, name } = objectNamed(object, undefined, kinds);
  const { idOf } = await import("../../reconciler/desired/source-document.ts");
  const { content } = await reader.readContent(signal);
  const files = [...content.files.values()];
  for (const { file, text, documents } of files) {
    const found = documents.find(({ document }) => idOf(document) === objectId(kind, name));
    if (found === undefined) continue;
    const evaluate = (next: string) => reader.evaluate(content, new Map([[file, next]]));
    return { file, line: found.line, text, evaluate };
  }
  const known = files
    .flatMap(({ documents }) => documents.map(({ document }) => document))
    .filter((each) => each.kind === kind);
  throw notFound(
    kindWord(kind),
    kindsWord(kind),
    name,
    known.map((each) => each.name),
  );
}

async function apply(context: Context): Promise<void> {
  const { apply: applyFolder } = await import("./apply.ts");
  await applyFolder(undefined, { wait: true }, context);
}
