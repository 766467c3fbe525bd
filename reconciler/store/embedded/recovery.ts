import type { Clock } from "../../model/clock.ts";
import { firstRevision } from "../core/key-space.ts";
import type { HistoryLimits } from "../core/history.ts";
import { StoreCore, type CoreState } from "../core/store-core.ts";
import type { LeaseId } from "../store.ts";
import { filePath, removeOlder, removeUnfinished } from "./data-directory.ts";
import { createLog, openLog, type LogFile } from "./log-file.ts";
import { replayDirectory, type LogTail } from "./replay.ts";

export interface RecoveryOptions {
  readonly directory: string;
  readonly clock: Clock;
  readonly newLeaseId: () => LeaseId;
  /** Called once, for a store that is new. */
  readonly newStoreId: () => string;
  readonly history?: Partial<HistoryLimits>;
}

/** The end of a write that was interrupted, so that nobody was told of it. */
export interface CutTail {
  readonly file: string;
  readonly offset: number;
  readonly bytes: number;
}

export interface Recovered {
  readonly core: StoreCore;
  readonly storeId: string;
  /** Open for what comes next. */
  readonly log: LogFile;
  readonly sequence: number;
  /** Length of the snapshot it began with; 0 where there was none. */
  readonly snapshotBytes: number;
  /** What was cut off. */
  readonly cut: CutTail | null;
  /** A log was being replaced, and the snapshot never came: there is more than one log. */
  readonly unfinished: boolean;
}

/**
 * The store as it was when the last acknowledged write was made; a new one where the folder has none. Leases start
 * with their full time. Throws a `StoreDamagedError`, and changes nothing, where a file is not as it was written.
 */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { directory } = options;
  const found = await replayDirectory(directory, (state) => coreFrom(options, state));
  await removeUnfinished(directory);
  if (found === null) return startNew(options);
  const { core, storeId, first, last, snapshotBytes, tail } = found;
  const log = await openLog(tail.path, tail.end);
  await removeOlder(directory, first);
  core.resumeLeases();
  return { core, storeId, log, sequence: last, snapshotBytes, cut: cutTail(tail), unfinished: first < last };
}

/** What recovery cuts off, null where nothing. */
export function cutTail({ path, end, bytes }: LogTail): CutTail | null {
  return end < bytes ? { file: path, offset: end, bytes: bytes - end } : null;
}

async function startNew(options: RecoveryOptions): Promise<Recovered> {
  const storeId = options.newStoreId();
  const header = { storeId, sequence: 1, revision: firstRevision, previousBytes: 0 };
  const log = await createLog(filePath(options.directory, "log", 1), header);
  const core = coreFrom(options, null);
  return { core, storeId, log, sequence: 1, snapshotBytes: 0, cut: null, unfinished: false };
}

function coreFrom({ clock, newLeaseId, history }: RecoveryOptions, state: CoreState | null): StoreCore {
  return new StoreCore({
    clock,
    newLeaseId,
    ...(history === undefined ? {} : { history }),
    ...(state === null ? {} : { state }),
  });
}
