import { readFile } from "node:fs/promises";
import type { CoreState, StoreCore } from "../core/store-core.ts";
import { filePath, listDirectory } from "./data-directory.ts";
import { decodeFile, type FoundHeader } from "./file-header.ts";
import type { Frames } from "./frame.ts";
import { readEffects } from "./record-codec.ts";
import { readSnapshot } from "./snapshot-file.ts";
import { StoreDamagedError } from "./store-damaged-error.ts";

/** What the files of a store say. */
export interface Replayed {
  /** Its leases are paused. */
  readonly core: StoreCore;
  readonly storeId: string;
  /** The first and the last log that count: snapshot `first`, where there is one, is what they begin with. */
  readonly first: number;
  readonly last: number;
  readonly snapshotBytes: number;
  /** Of all logs that count. */
  readonly logBytes: number;
  readonly tail: LogTail;
}

export interface LogTail {
  readonly path: string;
  /** Where its whole frames end. */
  readonly end: number;
  /** More than `end` where its last write was interrupted. */
  readonly bytes: number;
}

/**
 * Reads the newest snapshot of a folder and does again what the logs after it say; null where the folder has no store.
 * Changes nothing. Throws a `StoreDamagedError` where a file is not as it was written.
 */
export async function replayDirectory(
  directory: string,
  coreFrom: (state: CoreState | null) => StoreCore,
): Promise<Replayed | null> {
  const { logs, snapshots } = await listDirectory(directory);
  const base = snapshots.at(-1) ?? null;
  if (base === null && logs.length === 0) return null;
  const first = base ?? 1;
  const last = Math.max(first, ...logs);
  const snapshot = base === null ? null : await readSnapshot(filePath(directory, "snapshot", base));
  const core = coreFrom(snapshot?.state ?? null);
  // No lease ends while the log is read: it may say that the lease was revoked, or its key given to another.
  core.pauseLeases();
  let before: Before = {
    storeId: snapshot?.storeId ?? null,
    bytes: snapshot === null ? 0 : (snapshot.joint?.previousBytes ?? null),
  };
  let logBytes = 0;
  for (let sequence = first; ; sequence += 1) {
    const path = filePath(directory, "log", sequence);
    const tail = await replayLog(core, path, before, sequence === last);
    logBytes += tail.bytes;
    if (sequence === last) {
      const { storeId } = tail;
      return { core, storeId, first, last, snapshotBytes: snapshot?.bytes ?? 0, logBytes, tail };
    }
    before = { storeId: tail.storeId, bytes: tail.bytes };
  }
}

/** What a log must join up with; null: not known. */
interface Before {
  readonly storeId: string | null;
  /** Length of the log before it. */
  readonly bytes: number | null;
}

async function replayLog(
  core: StoreCore,
  path: string,
  before: Before,
  lastLog: boolean,
): Promise<LogTail & { readonly storeId: string }> {
  const file = await readLog(path);
  const log = decodeFile(path, "log", file);
  checkJoint(path, log, before, core);
  const { kind, offset } = log.end;
  if (kind === "damaged" || (kind === "torn" && !lastLog)) {
    throw new StoreDamagedError(path, offset, "what stands there is not what was written", { lastLog });
  }
  applyFrames(core, path, log);
  return { path, storeId: log.storeId, end: offset, bytes: file.length };
}

/** Each log names what stood before it, so that a file that was shortened, swapped or put back alone is noticed. */
function checkJoint(path: string, log: FoundHeader, before: Before, core: StoreCore): void {
  if (before.storeId !== null && log.storeId !== before.storeId) {
    throw new StoreDamagedError(
      path,
      0,
      `it belongs to another store (${log.storeId}, not ${before.storeId})`,
    );
  }
  if (log.joint === null) return;
  const { revision, previousBytes } = log.joint;
  if (core.revision !== revision) {
    const found = `what is before it ends at revision ${core.revision}`;
    throw new StoreDamagedError(path, 0, `it goes on from revision ${revision}, but ${found}`);
  }
  if (before.bytes !== null && before.bytes !== previousBytes) {
    const found = `the log before it had ${previousBytes} bytes, and now has ${before.bytes}`;
    throw new StoreDamagedError(path, 0, found);
  }
}

async function readLog(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new StoreDamagedError(path, 0, "the file is needed, but cannot be read", { cause });
  }
}

function applyFrames(core: StoreCore, path: string, log: Frames): void {
  for (const frame of log.frames) {
    try {
      for (const effect of readEffects(frame.payload)) core.apply(effect);
    } catch (cause) {
      throw new StoreDamagedError(path, frame.offset, "a record does not fit to those before it", { cause });
    }
  }
}
