/** The folder of the desired state, as commands read it: whole and believable, or not at all. */
import { renderIssues } from "../reconciler/desired/issues/render-issues.ts";
import type { Issue } from "../reconciler/desired/issues/issue.ts";
import { FolderReader } from "../reconciler/desired/load/folder-reader.ts";
import type { Loaded, LoadResult } from "../reconciler/desired/load-result.ts";
import { judgeSource, type SourceVerdict } from "../reconciler/desired/suspect-source.ts";
import { installedSchema } from "../reconciler/domain-xml/schema/installed-schema.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { ObjectId } from "../reconciler/model/names.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import { count } from "../tui/view/amounts.ts";
import { shownId } from "./output/object-names.ts";
import type { Context } from "./context.ts";

type FolderContext = Pick<
  Context,
  "clock" | "directory" | "directoryName" | "resolveOptions" | "signal" | "err"
>;

/** Reads it once. Rejects only when the command is asked to end. */
export function loadFolder(context: FolderContext): Promise<LoadResult> {
  return readerOf(context).read(context.signal);
}

/** Reads the folder again and again, and lets it be edited. */
export function readerOf({ clock, directory, resolveOptions }: FolderContext): FolderReader {
  return new FolderReader({
    ...resolveOptions,
    folder: directory,
    clock,
    domainSchema: installedSchema,
  });
}

export interface Trust {
  /** What is in force: the objects that may not all vanish at once. */
  readonly head: Iterable<ObjectId>;
  /** `--allow-orphan=N`: exactly so many objects are meant to be gone. */
  readonly allowOrphan: number | null;
  /** What is wrong is told on standard error, line by line; not where a program reads. */
  readonly isTold: boolean;
}

/**
 * The folder's documents, where they may be believed.
 * @throws KeelError `source-invalid`, `source-unreadable`, `source-suspect`
 */
export async function believedFolder(context: FolderContext, trust: Trust): Promise<Loaded> {
  return believe(await loadFolder(context), context, trust);
}

/**
 * The same of documents that were read already.
 * @throws KeelError `source-invalid`, `source-unreadable`, `source-suspect`
 */
export function believe(
  result: LoadResult,
  context: FolderContext,
  { head, allowOrphan, isTold }: Trust,
): Loaded {
  const verdict = judgeSource(head, result);
  const isMeant = verdict.kind === "suspect" && verdict.vanished.length === allowOrphan;
  if (result.ok && (verdict.kind === "ok" || isMeant)) return result;
  if (isTold) for (const line of troubleLines(verdict, context)) context.err(line);
  throw distrust(verdict, context);
}

/** One text for each warning, with its place and its excerpt. */
export function warningsOf({ warnings }: Loaded, context: Pick<Context, "directoryName">): readonly string[] {
  return warnings.map((warning) => issueLines([warning], context).join("\n"));
}

/** The issues with their excerpts, one or more lines each. */
export function issueLines(
  issues: readonly Issue[],
  { directoryName }: Pick<Context, "directoryName">,
): readonly string[] {
  return issues.length === 0
    ? []
    : renderIssues(issues, { prefix: prefixOf(directoryName) })
        .trimEnd()
        .split("\n");
}

function troubleLines(verdict: SourceVerdict, context: FolderContext): readonly string[] {
  if (verdict.kind === "invalid") return issueLines(verdict.issues, context);
  if (verdict.kind !== "suspect" || verdict.reason === "unreadable") return [];
  return [`gone: ${verdict.vanished.map(shownId).join(", ")}`];
}

/** Why the folder is not used. */
function distrust(verdict: SourceVerdict, { directoryName: directory }: FolderContext): KeelError {
  switch (verdict.kind) {
    case "invalid": {
      const errors = verdict.issues.filter(({ severity }) => severity === "error").length;
      return new KeelError("source-invalid", { directory, count: count(errors, "error") });
    }
    case "suspect": {
      if (verdict.reason === "unreadable") {
        return new KeelError("source-unreadable", { directory, why: whyUnreadable(verdict.issues) });
      }
      return new KeelError("source-suspect", {
        directory,
        why: verdict.message,
        count: verdict.vanished.length,
      });
    }
    case "ok":
      // Only a folder that was read is judged to be well.
      return new KeelError("source-unreadable", { directory, why: "nothing of it was read" });
    default:
      return unreachable(verdict);
  }
}

function whyUnreadable(issues: readonly Issue[]): string {
  const [first] = issues.filter(({ severity }) => severity === "error");
  if (first === undefined) return "it could not be read";
  return first.file === "." ? first.message : `${first.file}: ${first.message}`;
}

function prefixOf(directoryName: string): string {
  return `${directoryName.replace(/\/+$/, "")}/`;
}
