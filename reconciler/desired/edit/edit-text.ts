import { isMap as isMapNode, type Node } from "yaml";

import type { ObjectId } from "../../model/names.ts";
import { canonicalJson } from "../canonical-json.ts";
import { tabs } from "../yaml/check-text.ts";
import { parseYaml, readYaml } from "../yaml/read-yaml.ts";
import { documentYaml } from "../yaml/write-yaml.ts";
import { applyMergePatch, identityOf, isMap, type MergePatch } from "./merge-patch.ts";
import { refusal, type EditRefusal } from "./refusal.ts";
import { CannotRewrite, ValueRewriter } from "./rewrite-value.ts";
import { applySplices, SourceText } from "./source-text.ts";

export type EditedText =
  | { readonly ok: true; /** null: nothing is left, the file goes. */ readonly text: string | null }
  | { readonly ok: false; readonly refusal: EditRefusal };

/**
 * The text with a merge patch applied to the document of an object. Only the bytes of what changes are
 * touched: comments, spacing, quotes, order and the other documents stay as they are. The outcome is read again; where
 * it does not say exactly what was asked for, the edit is refused.
 */
export function patchDocument(text: string, id: ObjectId, patch: MergePatch): EditedText {
  return behindMark(text, (plain) => patchPlain(plain, id, patch));
}

/** The byte order mark that some editors write is no part of what the parser counts. */
function behindMark(text: string, edit: (plain: string) => EditedText): EditedText {
  if (!text.startsWith("\ufeff")) return edit(text);
  const edited = edit(text.slice(1));
  return edited.ok && edited.text !== null ? { ok: true, text: `\ufeff${edited.text}` } : edited;
}

function patchPlain(text: string, id: ObjectId, patch: MergePatch): EditedText {
  const source = new SourceText(text);
  const documents = readYaml(text);
  const document = documents.find(({ value }) => isDocumentOf(id, value));
  const before = document?.value;
  const contents = parseYaml(text, { keepSourceTokens: true })[document?.index ?? -1]?.contents;
  if (!isMapNode<Node, Node | null>(contents) || !isMap(before)) return notThere(id);
  const after = applyMergePatch(before, patch);
  if (!isMap(after) || canonicalJson(after) === canonicalJson(before)) return { ok: true, text };
  const wanted = documents.map((other) => (other === document ? after : other.value));
  let problem: EditRefusal | undefined;
  for (const deep of [true, false]) {
    const edited = rewrite(source, deep, (rewriter) => {
      rewriter.map(contents, before, after);
    });
    if (edited.ok && edited.text !== null && says(edited.text, wanted)) return edited;
    problem ??= edited.ok ? undefined : edited.refusal;
    if (problem?.reason === "alias") break;
  }
  if (problem?.reason === "alias") return { ok: false, refusal: problem };
  const isShared = /(^|[\s[{,])&[^\s,[\]{}]/m.test(text);
  if (isShared) return refuse("alias", "the value is shared with others by an anchor");
  return problem === undefined
    ? refuse("layout", "the text can not be changed safely")
    : { ok: false, refusal: problem };
}

/** The text without the document of an object; the comments right above it go with it, those of the file stay. */
export function removeDocument(text: string, id: ObjectId): EditedText {
  return behindMark(text, (plain) => removePlain(plain, id));
}

function removePlain(text: string, id: ObjectId): EditedText {
  const documents = readYaml(text);
  const document = documents.find(({ value }) => isDocumentOf(id, value));
  if (document === undefined) return notThere(id);
  const rest = documents.filter((candidate) => candidate !== document).map((candidate) => candidate.value);
  if (rest.length === 0) return { ok: true, text: null };
  const source = new SourceText(text);
  const { start, end, hasMarker } = sectionOf(text, document.start);
  const from = hasMarker ? start : attachedComments(source, document.start);
  const isBareMarker = /^---[ \t]*\r?$/.test(text.slice(end, source.lineEnd(end)));
  const to = !hasMarker && isBareMarker ? source.nextLine(end) : end;
  const edited = text.slice(0, from) + text.slice(to);
  return says(edited, rest)
    ? { ok: true, text: edited }
    : refuse("layout", "the documents can not be told apart safely");
}

/** The text with one more document at its end. */
export function appendDocument(text: string, document: Readonly<Record<string, unknown>>): EditedText {
  const { eol } = new SourceText(text);
  const documents = readYaml(text).map((known) => known.value);
  const gap = text === "" || text.endsWith("\n") ? "" : eol;
  const marker = documents.length === 0 ? "" : `---${eol}`;
  const edited = text + gap + marker + documentYaml(document, eol);
  const wanted = [...documents, document];
  return says(edited, wanted)
    ? { ok: true, text: edited }
    : refuse("layout", "the file can not be added to safely");
}

function rewrite(source: SourceText, deep: boolean, work: (rewriter: ValueRewriter) => void): EditedText {
  const rewriter = new ValueRewriter(source, deep);
  try {
    work(rewriter);
  } catch (error) {
    if (error instanceof CannotRewrite) return refuse(error.reason, error.message);
    throw error;
  }
  const text = applySplices(source.text, rewriter.splices);
  return text === undefined ? refuse("layout", "two of the changes meet in one place") : { ok: true, text };
}

/** Whether a text reads, without any problem, as just these documents. */
function says(text: string, wanted: readonly unknown[]): boolean {
  const documents = readYaml(text);
  const isClean = tabs(text).length === 0 && documents.every((document) => document.problems.length === 0);
  return isClean && canonicalJson(documents.map((document) => document.value)) === canonicalJson(wanted);
}

/** From the `---` above an offset, where there is one, to the next one. Such a line is never part of a value. */
function sectionOf(text: string, offset: number): { start: number; end: number; hasMarker: boolean } {
  const markers = [...text.matchAll(/^---(?=\s|$)/gm)].map((match) => match.index);
  const above = markers.findLast((marker) => marker < offset);
  const end = markers.find((marker) => marker >= offset) ?? text.length;
  return { start: above ?? 0, end, hasMarker: above !== undefined };
}

function attachedComments(source: SourceText, offset: number): number {
  let start = source.lineStart(offset);
  while (start > 0) {
    const above = source.lineStart(start - 1);
    const line = source.text.slice(above, start);
    if (!/^\s*#/.test(line) || line.includes("yaml-language-server:")) break;
    start = above;
  }
  return start;
}

function isDocumentOf(id: ObjectId, value: unknown): boolean {
  const { kind, name } = identityOf(id);
  return isMap(value) && value["kind"] === kind && value["name"] === name;
}

function notThere(id: ObjectId): EditedText {
  return refuse("layout", `${id} is not in this text`);
}

function refuse(reason: EditRefusal["reason"], message: string): EditedText {
  return { ok: false, refusal: refusal(reason, message, "edit the file by hand") };
}
