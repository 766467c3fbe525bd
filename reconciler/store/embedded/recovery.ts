import { readFile } from "node:fs/promises";
import type { Clock } from "../../model/clock.ts";
import type { HistoryLimits } from "../core/history.ts";
import { StoreCore } from "../core/store-core.ts";
import type { LeaseId } from "../store.ts";
import { filePath, listDirectory, removeOlder } from "./data-directory.ts";
import { decodeFile } from "./file-header.ts";
import type { Frames } from "./frame.ts";
import { createLog, openLog, type LogFile } from "./log-file.ts";
import { readEffects } from "./record-codec.ts";
import { readSnapshot, type Snapshot } from "./snapshot-file.ts";
import { StoreDamagedError } from "./store-damaged-error.ts";

export interface RecoveryOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly newLeaseId: () => LeaseId;
  /** Called once, for a store that is new. */
  readonly newStoreId: () => string;
  readonly history?: Partial<HistoryLimits>;
}

export interface Recovered {
  readonly core: StoreCore;
  readonly storeId: string;
  /** Open for what comes next. */
  readonly log: LogFile;
  readonly sequence: number;
  /** Length of the snapshot it began with; 0 where there was none. */
  readonly snapshotBytes: number;
  /** The end of a write that was interrupted, so that nobody was told of it, was cut off. */
  readonly cut: { readonly file: string; readonly offset: number; readonly bytes: number } | null;
}

/**
 * The store as it was when the last acknowledged write was made; a new one where the folder has none. Leases start
 * with their full time. Throws a `StoreDamagedError`, and changes nothing, where a file is not as it was written.
 */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { directory } = options;
  const { logs, snapshots } = await listDirectory(directory);
  const base = snapshots.at(-1) ?? null;
  if (base === null && logs.length === 0) return startNew(options);
  const first = base ?? 1;
  const last = Math.max(first, ...logs);
  const snapshot = base === null ? null : await readSnapshot(filePath(directory, "snapshot", base));
  const core = coreFrom(options, snapshot);
  let tail = await replay(core, filePath(directory, "log", first), first === last, snapshot?.storeId);
  for (let sequence = first + 1; sequence <= last; sequence += 1) {
    tail = await replay(core, filePath(directory, "log", sequence), sequence === last, tail.storeId);
  }
  const log = await openLog(tail.path, tail.end);
  await removeOlder(directory, first);
  core.resumeLeases();
  return {
    core,
    storeId: tail.storeId,
    log,
    sequence: last,
    snapshotBytes: snapshot?.bytes ?? 0,
    cut: tail.end < tail.bytes ? { file: tail.path, offset: tail.end, bytes: tail.bytes - tail.end } : null,
  };
}

async function startNew(options: RecoveryOptions): Promise<Recovered> {
  const storeId = options.newStoreId();
  const log = await createLog(filePath(options.directory, "log", 1), { storeId, sequence: 1 });
  const core = coreFrom(options, null);
  core.resumeLeases();
  return { core, storeId, log, sequence: 1, snapshotBytes: 0, cut: null };
}

function coreFrom(options: RecoveryOptions, snapshot: Snapshot | null): StoreCore {
  const { clock, newLeaseId, history } = options;
  const core = new StoreCore({
    clock,
    newLeaseId,
    ...(history === undefined ? {} : { history }),
    ...(snapshot === null ? {} : { state: snapshot.state }),
  });
  // No lease ends while the log is read: it may say that the lease was revoked, or its key given to another.
  core.pauseLeases();
  return core;
}

interface LogTail {
  readonly path: string;
  readonly storeId: string;
  /** Where its whole frames end. */
  readonly end: number;
  readonly bytes: number;
}

async function replay(
  core: StoreCore,
  path: string,
  lastLog: boolean,
  storeId: string | undefined,
): Promise<LogTail> {
  const file = await readLog(path);
  const log = decodeFile(path, "log", file);
  if (storeId !== undefined && log.storeId !== storeId) {
    throw new StoreDamagedError(path, 0, `it belongs to another store (${log.storeId}, not ${storeId})`);
  }
  const { kind, offset } = log.end;
  if (kind === "damaged" || (kind === "torn" && !lastLog)) {
    throw new StoreDamagedError(path, offset, "what stands there is not what was written", { lastLog });
  }
  applyFrames(core, path, log);
  return { path, storeId: log.storeId, end: offset, bytes: file.length };
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
