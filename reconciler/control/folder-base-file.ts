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

/** Null where there is none, or none that can be read: then nothing is known. */
export async function readFolderBase(directory: string): Promise<FolderBase | null> {
  for (const path of placesOf(directory)) {
    const text = await readFile(path, "utf8").catch(() => null);
    const base = text === null ? null : parse(text);
    if (base !== null) return base;
  }
  return null;
}

/** Whole or not at all. Rejects where the folder cannot be written. */
export async function writeFolderBase(directory: string, base: FolderBase): Promise<void> {
  const [path] = placesOf(directory);
  const { cluster, generation, digest } = base;
  const text = `${JSON.stringify({ formatVersion, cluster, generation, digest }, null, 2)}\n`;
  const draft = `${path}.${String(process.pid)}`;
  try {
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw error;
  }
}

function parse(text: string): FolderBase | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  return isBase(read) ? read : null;
}

function isBase(read: unknown): read is FolderBase {
  return (
    typeof read === "object" &&
    read !== null &&
    "formatVersion" in read &&
    read.formatVersion === formatVersion &&
    "cluster" in read &&
    typeof read.cluster === "string" &&
    "generation" in read &&
    typeof read.generation === "number" &&
    "digest" in read &&
    typeof read.digest === "string"
  );
}
