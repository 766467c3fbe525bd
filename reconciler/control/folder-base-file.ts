/**
 * Where a folder's base is kept: in the state folder `.keel` beside it where there is one, else in the folder itself,
 * under a name that begins with a dot, so that it is no part of the desired state. It is no secret.
 */
import { existsSync } from "node:fs";
import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import type { FolderBase } from "./folder-base.ts";

const inFolder = ".keel-base.json";
const formatVersion = 1;

/** The places where it may be, the one where it is written first. `directory`: the folder, absolute. */
function placesOf(directory: string): readonly [string, ...string[]] {
  const inside = join(directory, inFolder);
  const beside = join(dirname(directory), ".keel");
  return existsSync(beside) ? [join(beside, `base-${basename(directory)}.json`), inside] : [inside];
}

/** The generations that the folder may be based on, the newest first; none where nothing that can be read tells. */
export async function readFolderBases(directory: string): Promise<readonly FolderBase[]> {
  for (const path of placesOf(directory)) {
    const text = await readFile(path, "utf8").catch(() => null);
    const bases = text === null ? null : parse(text);
    if (bases !== null) return bases;
  }
  return [];
}

/** Whole or not at all. Rejects where the folder cannot be written. */
export async function writeFolderBases(directory: string, bases: readonly FolderBase[]): Promise<void> {
  const [path] = placesOf(directory);
  const plain = bases.map(({ cluster, generation, digest }) => ({ cluster, generation, digest }));
  const text = `${JSON.stringify({ formatVersion, bases: plain }, null, 2)}\n`;
  const draft = `${path}.${String(process.pid)}`;
  try {
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

function parse(text: string): readonly FolderBase[] | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof read !== "object" || read === null || !("formatVersion" in read) || !("bases" in read))
    return null;
  const { bases } = read;
  return read.formatVersion === formatVersion && Array.isArray(bases) && bases.every(isBase) ? bases : null;
}

function isBase(read: unknown): read is FolderBase {
  return (
    typeof read === "object" &&
    read !== null &&
    "cluster" in read &&
    typeof read.cluster === "string" &&
    "generation" in read &&
    typeof read.generation === "number" &&
    "digest" in read &&
    typeof read.digest === "string"
  );
}
