/**
 * By what the leader knows the answers of a heartbeat, kept across its restarts. Where one is started anew while its way to
 * the store is cut, it can tell nobody of another key or port: the leader would ask by the former ones, hear nothing, and
 * take the node for dead.
 *
 * The file belongs to one boot of the machine, as all in its folder. Two heartbeats of that boot share the key, and may: an
 * answer says that this boot of the machine lives, and no more; which of its processes says so makes no difference.
 */
import { randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { NodeName } from "../reconciler/model/names.ts";
import type { DirectPlace } from "../reconciler/model/observed.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export type AnswerIdentity = Pick<DirectPlace, "key" | "port">;

interface Content extends AnswerIdentity {
  readonly version: 1;
  readonly bootId: string;
}

/** Of each node its own: simulated machines may share a folder. */
export function answerFile(folder: string, node: NodeName): string {
  return join(folder, `heartbeat-${node}.json`);
}

/** Null: there is none of this boot that can be used; the log says why. Never rejects. */
export async function readAnswerFile(path: string, bootId: string, log: Log): Promise<AnswerIdentity | null> {
  const text = await readText(path, log);
  if (text === null) return null;
  const content = parse(text);
  if (content === null) {
    log.warn("the answer file is malformed, making a new key", { path });
    return null;
  }
  if (content.bootId !== bootId) {
    log.info("the answer file is of another boot, making a new key", { path });
    return null;
  }
  const { key, port } = content;
  return { key, port };
}

/** Whole or not at all, and for its owner's eyes alone. Where that fails the log says so. Never rejects. */
export async function writeAnswerFile(
  path: string,
  bootId: string,
  { key, port }: AnswerIdentity,
  log: Log,
): Promise<void> {
  const content: Content = { version: 1, bootId, key, port };
  const draft = `${path}.${randomUUID()}`;
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    await writeFile(draft, JSON.stringify(content), { mode: 0o600, flag: "wx" });
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    const consequence =
      "cut off from the store, this node does not answer any more once its heartbeat is restarted";
    log.warn("the answer key cannot be kept", { path, why: messageOf(error), consequence });
  }
}

async function readText(path: string, log: Log): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    // The first start in this boot, or a folder that cannot be: then writing it will say so.
    const isMissing =
      error instanceof Error && "code" in error && ["ENOENT", "ENOTDIR"].includes(String(error.code));
    if (!isMissing)
      log.warn("the answer file cannot be read, making a new key", { path, why: messageOf(error) });
    return null;
  }
}

function parse(text: string): Content | null {
  try {
    const value: unknown = JSON.parse(text);
    return isContent(value) ? value : null;
  } catch {
    return null;
  }
}

function isContent(value: unknown): value is Content {
  if (typeof value !== "object" || value === null) return false;
  if (!("version" in value && "bootId" in value && "key" in value && "port" in value)) return false;
  const { version, bootId, key, port } = value;
  return version === 1 && typeof bootId === "string" && isKey(key) && isPort(port);
}

function isKey(value: unknown): value is string {
  return typeof value === "string" && /^[0-9a-f]{64}$/.test(value);
}

function isPort(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= 65_535;
}
