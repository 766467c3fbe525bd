/** What keel does not edit by itself, written so that somebody can do it by hand. */
import type { FileChange } from "../../reconciler/desired/edit/plan-edits.ts";
import type { EditRefusal } from "../../reconciler/desired/edit/refusal.ts";
import { documentYaml } from "../../reconciler/desired/yaml/write-yaml.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { parseObjectId } from "../../reconciler/model/names.ts";
import { type Line, span } from "../../tui/view/line.ts";
import type { Context } from "../context.ts";
import { issueLines } from "../folder.ts";
import { shownId } from "../output/object-names.ts";
import { print } from "../output/paint.ts";
import { textDiff } from "../output/text-diff.ts";
import type { ObjectEdit } from "./verb.ts";

/** `diff -u` of each file, as `patch -p0` takes it. */
export function diffLines(changes: readonly FileChange[], directoryName: string): readonly Line[] {
  const folder = directoryName.replace(/\/+$/, "");
  return changes.flatMap(({ file, before, after }) => textDiff(`${folder}/${file}`, before, after));
}

/** Nothing was written. What is wrong is told, and what to write by hand. */
export function editRefused(
  context: Context,
  what: string,
  refusal: EditRefusal,
  patch: { readonly edits: readonly ObjectEdit[]; readonly changes: readonly FileChange[] },
): KeelError {
  if (refusal.reason === "changed") {
    return new KeelError("edit-conflict", { what, why: refusal.message, directory: context.directoryName });
  }
  for (const line of issueLines(refusal.issues, context)) context.err(line);
  if (refusal.reason !== "invalid") {
    context.out("The edit, to be made by hand:");
    context.out("");
    const { directoryName } = context;
    print(
      context,
      patch.changes.length > 0 ? diffLines(patch.changes, directoryName) : fieldLines(patch.edits),
    );
    context.out("");
  }
  const { message, advice } = refusal;
  return new KeelError("refused", { what, why: `${message}; nothing was changed`, advice: sentence(advice) });
}

/** Where no text can be told: which document, and what it should say. */
function fieldLines(edits: readonly ObjectEdit[]): readonly Line[] {
  return edits.flatMap(({ id, patch }) => {
    if (patch === null) return [[span(`  remove the document of ${shownId(id)}`)]];
    const { kind, name } = parseObjectId(id);
    const said = Object.entries(patch).filter(([, value]) => value !== null);
    const gone = Object.entries(patch).filter(([, value]) => value === null);
    const text = documentYaml({ kind, name, ...Object.fromEntries(said) }, "\n").trimEnd();
    return [
      ...text.split("\n").map((line) => [span(`  ${line}`)]),
      ...gone.map(([key]) => [span(`  # and without ${key}:`, "muted" as const)]),
    ];
  });
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
