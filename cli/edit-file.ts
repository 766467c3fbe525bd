/** One file in the user's editor, again and again until what comes out is right, or is left as it was. */
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Environment } from "./world.ts";

export interface EditedFile {
  readonly text: string;
  /** Where the copy is, for one who wants to go on; removed by `put`. */
  readonly copy: string;
  discard(): Promise<void>;
}

export interface EditOptions {
  /** The line that the editor opens at. */
  readonly line: number;
  /** What is wrong with a text, a line each; empty: nothing. */
  readonly problems: (text: string) => readonly string[];
  readonly env: Environment;
}

/** How the lines begin that keel puts above a text that is wrong, and takes away again. */
const mark = "# keel: ";

/**
 * Yields what the editor left; null: nothing was changed. A text that is wrong is opened again with what is wrong above
 * it; saving it once more as it is gives up, and leaves the copy.
 * @throws KeelError `failed` where the editor fails, `refused` where the text stays wrong
 */
export async function editFile(
  file: string,
  original: string,
  options: EditOptions,
): Promise<EditedFile | null> {
  const folder = await mkdtemp(join(tmpdir(), "keel-edit-"));
  const copy = join(folder, basename(file));
  const discard = () => rm(folder, { recursive: true, force: true });
  let shown = original;
  for (;;) {
    await writeFile(copy, shown, { mode: 0o600 });
    const above = shown.split("\n").filter((line) => line.startsWith(mark)).length;
    await openEditor(copy, options.line + above, options.env);
    const left = await readFile(copy, "utf8");
    const text = withoutMarks(left);
    if (text === original) {
      await discard();
      return null;
    }
    const problems = options.problems(text);
    if (problems.length === 0) return { text, copy, discard };
    if (left === shown) {
      const advice = `What you wrote is in ${copy}.`;
      throw new KeelError("refused", {
        what: `Editing ${file}`,
        why: "it is still not right; nothing was changed",
        advice,
      });
    }
    shown = `${problems.map((line) => `${mark}${line}\n`).join("")}${text}`;
  }
}

function withoutMarks(text: string): string {
  return text
    .split("\n")
    .filter((line) => !line.startsWith(mark))
    .join("\n");
}

/** `code --wait` opens by another option than all the rest. */
function argumentsFor(program: string, path: string, line: number): readonly string[] {
  const name = basename(program);
  return /^(?:code|codium|code-insiders)$/.test(name)
    ? ["-g", `${path}:${String(line)}`]
    : [`+${String(line)}`, path];
}

async function openEditor(path: string, line: number, env: Environment): Promise<void> {
  const [program = "vi", ...own] = (env["VISUAL"] ?? env["EDITOR"] ?? "vi")
    .split(" ")
    .filter((word) => word !== "");
  const child = spawn(program, [...own, ...argumentsFor(program, path, line)], { stdio: "inherit" });
  const why = await new Promise<string | null>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) =>
      resolve(code === 0 ? null : `it ended with ${signal ?? String(code)}`),
    );
  });
  if (why === null) return;
  throw new KeelError("failed", {
    what: `Editing with ${program}`,
    why,
    advice: "VISUAL or EDITOR say which editor is meant.",
  });
}
