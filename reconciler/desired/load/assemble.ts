import { hash } from "node:crypto";

import type { ObjectId } from "../../model/names.ts";
import type { Issue } from "../issues/issue.ts";
import { sortIssues } from "../issues/issue.ts";
import { placeIssue, wholeIssue } from "../issues/place-issue.ts";
import type { LoadResult } from "../load-result.ts";
import type { PlacedFinding } from "../resolve/placed-finding.ts";
import type { ResolveMemory } from "../resolve/resolve-memory.ts";
import type { ResolveOptions } from "../resolve/resolve-options.ts";
import { resolveSources, type Resolution } from "../resolve/resolve-sources.ts";
import type { AnyDocument } from "../schema/documents.ts";
import { idOf } from "../source-document.ts";
import { locate } from "../yaml/locate.ts";
import { parseYaml } from "../yaml/read-yaml.ts";
import { TextLines } from "../yaml/text-lines.ts";
import { withinScalar } from "../yaml/within-scalar.ts";
import type { Attachments } from "./attachments.ts";
import type { ParsedFile } from "./parse-file.ts";

/** A folder at one moment: every file read, or the reason why not. */
export interface FolderContent {
  readonly files: ReadonlyMap<string, ParsedFile>;
  readonly attachments: Attachments;
  /** What could not be read; any makes the whole revision unreadable. */
  readonly issues: readonly Issue[];
}

/** One revision out of all files of a folder. Pure but for `memory`. */
export function assemble(content: FolderContent, options: ResolveOptions, memory: ResolveMemory): LoadResult {
  const parsed = [...content.files.values()];
  const inlined = content.attachments.inline(parsed.flatMap((file) => file.documents));
  const sources = {
    documents: inlined.documents,
    broken: new Set(parsed.flatMap((file) => file.broken)),
    complete: content.issues.length === 0 && parsed.every((file) => file.complete),
  };
  const resolution = resolveSources(sources, options, memory);
  const placed = placeFindings([...inlined.findings, ...resolution.findings], content);
  const issues = sortIssues([...content.issues, ...parsed.flatMap((file) => file.issues), ...placed]);
  return content.issues.length > 0
    ? { ok: false, reason: "unreadable", issues }
    : outcome(resolution, issues, memory);
}

/** The result of a resolution whose issues are all known. */
export function outcome(resolution: Resolution, issues: readonly Issue[], memory: ResolveMemory): LoadResult {
  if (issues.some((issue) => issue.severity === "error")) return { ok: false, reason: "invalid", issues };
  const { desired, documents } = resolution;
  return { ok: true, desired, documents, warnings: issues, digest: digestOf(documents, memory) };
}

function digestOf(documents: ReadonlyMap<ObjectId, AnyDocument>, memory: ResolveMemory): string {
  const parts = [...documents.values()].map((document) => memory.digestOf(document));
  return hash("sha256", parts.join("\n"));
}

/** Reads the files of the findings once more, for positions: errors are rare, and so need not be quick. */
function placeFindings(
  findings: readonly PlacedFinding[],
  { files, attachments }: FolderContent,
): readonly Issue[] {
  const parses = new Map<
    string,
    { readonly lines: TextLines; readonly asts: ReturnType<typeof parseYaml> }
  >();
  return findings.map(({ source, finding }) => {
    const file = files.get(source.file);
    if (file === undefined) return wholeIssue(finding, idOf(source.document), source.line);
    const xmlIssue = placeInAttachment(finding, source, file, attachments);
    if (xmlIssue !== undefined) return xmlIssue;
    const parse = parses.get(source.file) ?? { lines: new TextLines(file.text), asts: parseYaml(file.text) };
    parses.set(source.file, parse);
    const ast = parse.asts[source.index];
    if (ast === undefined) return wholeIssue(finding, source.file, source.line);
    const value = locate(ast, shortened(source.document, finding));
    const [start, end] = finding.inXml === undefined ? value : withinScalar(file.text, value, finding.inXml);
    return placeIssue(finding, { file: source.file, lines: parse.lines, start, end, path: finding.path });
  });
}

/** What is wrong inside of a file that a document names is shown there. */
function placeInAttachment(
  finding: PlacedFinding["finding"],
  source: PlacedFinding["source"],
  file: ParsedFile,
  attachments: Attachments,
): Issue | undefined {
  const written = file.documents.find(({ index }) => index === source.index)?.document;
  if (finding.inXml === undefined || written?.kind !== "VM") return undefined;
  const attachment = attachments.textOf(source.file, written);
  if (attachment === undefined) return undefined;
  const [start, end] = finding.inXml;
  return placeIssue(finding, { file: attachment.path, lines: new TextLines(attachment.text), start, end });
}

/** What is said of the disk root may have been written as `disk: 20GiB`. */
function shortened(document: AnyDocument, finding: PlacedFinding["finding"]): PlacedFinding["finding"] {
  const isRoot = finding.path[0] === "disks" && finding.path[1] === "[root]";
  if (!isRoot || !("disk" in document) || typeof document.disk !== "string") return finding;
  const isListed = document.disks?.some((disk) => disk.name === "root") ?? false;
  return isListed ? finding : { ...finding, path: ["disk"], at: "value" };
}
