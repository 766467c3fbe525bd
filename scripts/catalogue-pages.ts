/** The pages of `docs/` that are made from tables in the code. Pure; `generate-docs.ts` writes them. */
import { manPages } from "../cli/man/man-pages.ts";
import { describedProgram } from "../cli/program.ts";
import { errorCatalogue, exitCodes, type ErrorEntry } from "../reconciler/model/errors.ts";
import { reasonTable, type ReasonEntry } from "../reconciler/model/reasons.ts";

export interface Page {
  readonly path: string;
  readonly text: string;
}

/** Every generated page, as it has to be on disk. */
export function cataloguePages(): readonly Page[] {
  return [
    { path: "docs/errors.md", text: errorsPage() },
    { path: "docs/reasons.md", text: reasonsPage() },
    ...manPages(describedProgram()).map(({ file, text }) => ({ path: `docs/man/${file}`, text })),
  ];
}

function errorsPage(): string {
  const entries: readonly (readonly [string, ErrorEntry])[] = Object.entries(errorCatalogue);
  const exits = Object.entries(exitCodes).map(([name, code]) => `- ${code.toString()}: ${name}`);
  return page([
    "# Errors",
    generatedFrom("reconciler/model/errors.ts"),
    "What `keel` and its API say when something goes wrong: what happened, and what to do. The names are permanent. " +
      "Words in braces are filled in.",
    "Exit codes of the command:",
    exits.join("\n"),
    "`changes` is an answer, not an error: with `--detailed-exitcode`, an apply would do something.",
    ...entries.flatMap(([code, entry]) => [
      `## ${code}`,
      `> ${entry.text}`,
      entry.advice,
      `Exit code ${entry.exit.toString()}, HTTP status ${entry.http.toString()}.`,
    ]),
  ]);
}

function reasonsPage(): string {
  const entries: readonly (readonly [string, ReasonEntry])[] = Object.entries(reasonTable);
  return page([
    "# Reasons",
    generatedFrom("reconciler/model/reasons.ts"),
    "Why a VM or node is in its state, why a step is taken, why nothing is done: each answer comes from this list. " +
      "`keel why vm/NAME` shows those of one VM. The names are permanent. Words in braces are filled in.",
    ...entries.flatMap(([code, entry]) => [
      `## ${code}`,
      `> ${entry.text}`,
      ...(entry.advice === undefined ? [] : [entry.advice]),
    ]),
  ]);
}

function generatedFrom(path: string): string {
  return `<!-- Made from ${path} by \`npm run docs\`; edit that file instead. -->`;
}

function page(paragraphs: readonly string[]): string {
  return `${paragraphs.join("\n\n")}\n`;
}
