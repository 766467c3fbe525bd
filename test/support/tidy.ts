/**
 * Rules of style that no linter knows. Each takes one file, or all paths, and answers with sentences that say what is
 * wrong; an empty answer is a tidy tree. Sizes of files and functions are the linter's.
 */
import { posix } from "node:path";

import type { SourceFile } from "./sources.ts";
import { parse } from "./syntax.ts";

/** Says nothing about what a thing is or does. */
const emptyWords = ["manager", "helper", "helpers", "util", "utils", "utility", "misc", "info"];

/** A logger's levels are its own. */
const namesOfOthers = ["info"];

/** Tests that stand for something other than one source file of the same path. */
const testsWithoutSource = [
  "docs.pvc",
  "docs.readme",
  "conformance/",
  "golden/",
  "real/",
  "support/",
  "architecture",
  "tidy",
  "docs",
];

/** A source with much to say has several tests, each with its theme: `plan.placement.test.ts`, `plan.property.test.ts`. */
const theme = /\.[a-z-]+$/u;

export function untidyName({ path }: SourceFile): readonly string[] {
  const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/u;
  const words = path
    .replace(/(?:(?:\.[a-z-]+)?\.test|\.bench)?\.tsx?$/u, "")
    .split("/")
    .filter((segment) => !kebab.test(segment));
  return words.length === 0 ? [] : [`${path}: ${words.join(", ")} is not kebab-case`];
}

export function emptyNames(file: SourceFile): readonly string[] {
  const names = [...file.path.replace(/\.tsx?$/u, "").split("/"), ...parse(file).declared];
  return names
    .filter(
      (name) => !namesOfOthers.includes(name) && wordsOf(name).some((word) => emptyWords.includes(word)),
    )
    .map((name) => `${file.path}: ${name} does not say what it is`);
}

/** Notes to oneself, and linter rules switched off without a word why. */
export function leftovers({ path, text }: SourceFile): readonly string[] {
  const notes = [...text.matchAll(/\b(?:TODO|FIXME|XXX|HACK)\b/gu)].map(
    (match) => `${path}: ${match[0]} is left`,
  );
  const silent = [...text.matchAll(/eslint-disable(?!.* -- \S)[^\n]*/gu)];
  return [...notes, ...silent.map((match) => `${path}: ${match[0].trim()} does not say why`)];
}

/** Where something was written, and with what, is nothing that a reader has use for. Tests may name scratch folders. */
export function tracesOfTheWorkshop({ path, text }: SourceFile): readonly string[] {
  const words = /\b(?:AI|LLM|assistant|sandbox|registry\.\w+\.\w+)\b/gu;
  const folders = /(?<![\w.*~}-])\/(?:work|root|home|tmp)\/\w+/gu;
  const traces = path.startsWith("test/") ? [words] : [words, folders];
  return traces.flatMap((trace) => [...text.matchAll(trace)].map((match) => `${path}: says ${match[0]}`));
}

export function heldBackTests(file: SourceFile): readonly string[] {
  const { calls, objects } = parse(file);
  const called = calls.filter((call) =>
    /^(?:it|test|describe|suite|t|context)\.(?:only|skip|todo)$/u.test(call),
  );
  const options = objects.flatMap(({ properties }) =>
    properties.filter((p) => /^(?:only|skip|todo)$/u.test(p)),
  );
  return [...called, ...options].map((what) => `${file.path}: ${what}: every test runs, always`);
}

/** `paths` are all files of the tree. */
export function strayTests(paths: readonly string[]): readonly string[] {
  const sources = new Set(paths.flatMap((path) => [path, ...foldersOf(path)]));
  return paths
    .filter((path) => /^test\/.*\.test\.tsx?$/u.test(path))
    .filter((path) => {
      const subject = path.replace(/^test\/(.*)\.test\.tsx?$/u, "$1");
      if (
        testsWithoutSource.some(
          (stem) => subject === stem || (stem.endsWith("/") && subject.startsWith(stem)),
        )
      ) {
        return false;
      }
      const names = [subject, subject.replace(theme, "")];
      return !names.some((name) => ["", ".ts", ".tsx"].some((ending) => sources.has(name + ending)));
    })
    .map((path) => `${path}: there is no source or folder of that path`);
}

/** Documents that a source refers to and that are not there. `paths` are all files of the tree. */
export function deadReferences({ path, text }: SourceFile, paths: readonly string[]): readonly string[] {
  return [...text.matchAll(/\bdocs\/[\w./-]+\.md\b|\bDESIGN\b/gu)]
    .filter((match) => !paths.includes(match[0]))
    .map((match) => `${path}: refers to ${match[0]}, which is not there`);
}

/** Top folders with code and the rooms of the reconciler introduce themselves, in at most 40 lines. */
export function missingReadmes(files: readonly SourceFile[]): readonly string[] {
  const folders = new Set(
    files.filter(({ path }) => /\.tsx?$/u.test(path)).flatMap(({ path }) => foldersOf(path)),
  );
  const rooms = [...folders].filter((folder) => /^(?:[^/]+|reconciler\/[^/]+)$/u.test(folder)).sort();
  return rooms.flatMap((room) => {
    const readme = files.find(({ path }) => path === `${room}/README.md`);
    if (readme === undefined) return [`${room}: has no README.md`];
    const lines = readme.text.trimEnd().split("\n").length;
    return lines > 40
      ? [`${readme.path}: has ${String(lines)} lines; 40 are enough to introduce a room`]
      : [];
  });
}

export function unendedText({ path, text }: SourceFile): readonly string[] {
  if (text === "" || (text.endsWith("\n") && !text.endsWith("\n\n"))) return [];
  return [`${path}: does not end with exactly one newline`];
}

/** Codes that no product source names in a string; a list of those known to be so must be exact. */
export function unusedCodes(
  codes: readonly string[],
  sources: readonly SourceFile[],
  known: readonly string[],
): readonly string[] {
  const used = new Set(sources.flatMap((file) => [...parse(file).strings]));
  return [
    ...codes
      .filter((code) => !used.has(code) && !known.includes(code))
      .map((code) => `${code}: is never used`),
    ...known.filter((code) => used.has(code)).map((code) => `${code}: is used now; take it off the list`),
    ...known
      .filter((code) => !codes.includes(code))
      .map((code) => `${code}: is no code; take it off the list`),
  ];
}

function foldersOf(path: string): readonly string[] {
  const folder = posix.dirname(path);
  return folder === "." ? [] : [folder, ...foldersOf(folder)];
}

/** `eventInfo`, `event-info` and `EVENT_INFO` are made of the words event and info. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/(?<=[a-z0-9])(?=[A-Z])/gu, "-")
    .toLowerCase()
    .split(/[^a-z0-9]+/u);
}
