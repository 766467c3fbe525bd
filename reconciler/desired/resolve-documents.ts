import { kinds, type ObjectId } from "../model/names.ts";
import type { SourcePosition } from "../model/desired.ts";
import { fieldName } from "./issues/finding.ts";
import { sortIssues, type Issue } from "./issues/issue.ts";
import { wholeIssue } from "./issues/place-issue.ts";
import { outcome } from "./load/assemble.ts";
import type { LoadResult } from "./load-result.ts";
import { ResolveMemory } from "./resolve/resolve-memory.ts";
import type { ResolveOptions } from "./resolve/resolve-options.ts";
import { resolveSources } from "./resolve/resolve-sources.ts";
import { explainSchemaErrors } from "./schema/explain.ts";
import type { SourceDocument } from "./source-document.ts";

export interface ResolveDocumentsOptions extends ResolveOptions {
  /** Where the documents were read once; without it issues name the object. */
  readonly sources?: ReadonlyMap<ObjectId, SourcePosition>;
  /** Of earlier resolutions: documents that are the same objects are not resolved again. */
  readonly memory?: ResolveMemory;
}

/**
 * The desired state of documents that are not read from files: of the store, or of a scenario. They are checked as
 * strictly as files are; issues name the object in place of a file.
 */
export function resolveDocuments(
  documents: ReadonlyMap<ObjectId, unknown>,
  options: ResolveDocumentsOptions,
): LoadResult {
  const memory = options.memory ?? new ResolveMemory();
  const checked = [...documents].map(([id, value]) => checkOne(id, value, options.sources?.get(id), memory));
  const sources = {
    documents: checked.flatMap(({ source }) => source ?? []),
    broken: new Set(checked.flatMap(({ id, source }) => (source === undefined ? [id] : []))),
    complete: true,
  };
  const resolution = resolveSources(sources, options, memory);
  const found = resolution.findings.map(({ source, finding }) => {
    const message = `${fieldName(finding.path)}: ${finding.message}`;
    return wholeIssue(
      finding.path.length === 0 ? finding : { ...finding, message },
      source.file,
      source.line,
    );
  });
  return outcome(resolution, sortIssues([...checked.flatMap(({ issues }) => issues), ...found]), memory);
}

function checkOne(
  id: ObjectId,
  value: unknown,
  position: SourcePosition | undefined,
  memory: ResolveMemory,
): { readonly id: ObjectId; readonly source: SourceDocument | undefined; readonly issues: readonly Issue[] } {
  const { file, line } = position ?? { file: id, line: 1 };
  const kind = kinds.find((known) => id.startsWith(`${known}/`));
  const checked = kind === undefined ? undefined : memory.check(kind, value);
  if (kind === undefined || checked === undefined) {
    const problem = {
      code: "schema.kind",
      message: `there is no kind of ${id}`,
      advice: `use ${kinds.join(", ")}`,
    } as const;
    return { id, source: undefined, issues: [wholeIssue(problem, file, line)] };
  }
  if (!checked.ok) {
    const issues = explainSchemaErrors(kind, checked.errors).map((finding) =>
      wholeIssue(finding, file, line),
    );
    return { id, source: undefined, issues };
  }
  if (checked.document.name !== id.slice(kind.length + 1)) {
    const advice = "use the name of the document";
    const problem = {
      code: "name.illegal",
      message: `${id} holds ${checked.document.name}`,
      advice,
    } as const;
    return { id, source: undefined, issues: [wholeIssue(problem, file, line)] };
  }
  return { id, source: { document: checked.document, file, line, index: 0 }, issues: [] };
}
