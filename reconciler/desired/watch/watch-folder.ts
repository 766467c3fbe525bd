import { basename, relative } from "node:path";

import { watch as watchFiles, type FSWatcher } from "chokidar";

import type { Clock } from "../../model/clock.ts";
import { Wakeup } from "../../runtime/wakeup.ts";
import { canonicalJson } from "../canonical-json.ts";
import type { Issue } from "../issues/issue.ts";
import type { FolderReader } from "../load/folder-reader.ts";
import { isAttachmentName, isDocumentName, isIgnoredName } from "../load/ignored-names.ts";
import { reasonOf } from "../load/list-folder.ts";
import type { Loaded, LoadResult } from "../load-result.ts";

/** What became of the folder. Whoever reads this keeps the last revision in force until there is a new one. */
export type SourceEvent =
  | { readonly kind: "revision"; readonly revision: Loaded }
  | { readonly kind: "invalid"; readonly issues: readonly Issue[] }
  | { readonly kind: "unreadable"; readonly issues: readonly Issue[] }
  /** The system reports no changes any more; the folder is looked at in short intervals instead. */
  | { readonly kind: "degraded"; readonly message: string };

export interface WatchOptions {
  readonly reader: FolderReader;
  readonly clock: Clock;
  /** Quiet that ends a burst of changes. */
  readonly settleMs?: number;
  /** A look without any event: one that was lost costs this much time. */
  readonly rescanMs?: number;
}

/** Quiet after which a burst of changes counts as over. */
export const defaultSettleMs = 300;
/** While the folder is away, or events fail. */
const hurriedRescanMs = 2000;
/** A burst that does not end is read anyway: the reader accepts only what holds still. */
const settleTimesMax = 30;
/** Reads of a folder that holds still at no moment, before that is said. */
const unsettledMax = 3;

/**
 * Reads the folder, and again after each change, until aborted. What happens while the consumer is busy is read once,
 * when it comes back: nothing piles up. Each event differs from the one before.
 */
export async function* watchFolder(
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, void, undefined> {
  const watch = new FolderWatch(options, signal);
  try {
    while (!signal.aborted) {
      yield* watch.look();
      await watch.nextChange();
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    await watch.close();
  }
}

class FolderWatch {
  readonly #options: WatchOptions;
  readonly #signal: AbortSignal;
  readonly #wakeup: Wakeup;
  #mark = 0;
  readonly #watcher: FSWatcher;
  #last: LoadResult | undefined = undefined;
  #unsettled = 0;
  #failure: string | undefined = undefined;
  #isDegraded = false;

  constructor(options: WatchOptions, signal: AbortSignal) {
    this.#options = options;
    this.#signal = signal;
    this.#wakeup = new Wakeup(options.clock);
    this.#watcher = startWatching(options.reader.folder, this.#wakeup, (message) => {
      this.#failure = message;
    });
  }

  /** What is new since the last look. */
  async *look(): AsyncGenerator<SourceEvent, void, undefined> {
    const result = await this.#options.reader.read(this.#signal);
    this.#unsettled = isUnsettled(result) ? this.#unsettled + 1 : 0;
    if (this.#unsettled > 0 && this.#unsettled < unsettledMax) {
      this.#wakeup.ring();
    } else if (!isSameResult(this.#last, result)) {
      this.#last = result;
      yield eventOf(result);
    }
    if (this.#failure !== undefined && !this.#isDegraded) {
      this.#isDegraded = true;
      yield { kind: "degraded", message: this.#failure };
    }
  }

  /** Until something changed and then was quiet, or it is time for a look anyway. */
  async nextChange(): Promise<void> {
    const { settleMs = defaultSettleMs, rescanMs = 30_000 } = this.#options;
    const isHurried = this.#isDegraded || (this.#last !== undefined && isUnreadable(this.#last));
    const waitMs = isHurried ? Math.min(hurriedRescanMs, rescanMs) : rescanMs;
    if (!(await this.#isRung(waitMs))) return;
    for (let times = 0; times < settleTimesMax; times++) {
      if (!(await this.#isRung(settleMs))) return;
    }
  }

  /** Whether something changed since the last time this was asked, or does so within `ms`. */
  async #isRung(ms: number): Promise<boolean> {
    await this.#wakeup.wait(this.#mark, ms, this.#signal);
    const isRung = this.#wakeup.mark !== this.#mark;
    this.#mark = this.#wakeup.mark;
    return isRung;
  }

  close(): Promise<void> {
    return this.#watcher.close();
  }
}

function startWatching(folder: string, wakeup: Wakeup, onFailure: (message: string) => void): FSWatcher {
  const watcher = watchFiles(folder, {
    ignoreInitial: true,
    // Links are read, but never followed by the watcher: one to / would have it watch the machine.
    followSymlinks: false,
    atomic: false,
    ignored: (path, stats) => isIgnored(relative(folder, path), stats?.isFile() ?? false),
  });
  watcher.on("all", wakeup.ring);
  // What changed while the watches were being set up was told to nobody.
  watcher.on("ready", wakeup.ring);
  watcher.on("error", (error) => {
    onFailure(reasonOf(error));
    wakeup.ring();
  });
  return watcher;
}

function isIgnored(path: string, isFile: boolean): boolean {
  if (path === "" || path.startsWith("..")) return false;
  const name = basename(path);
  return isIgnoredName(name) || (isFile && !isDocumentName(name) && !isAttachmentName(name));
}

function eventOf(result: LoadResult): SourceEvent {
  return result.ok ? { kind: "revision", revision: result } : { kind: result.reason, issues: result.issues };
}

function isSameResult(a: LoadResult | undefined, b: LoadResult): boolean {
  if (a === b) return true;
  if (a === undefined || a.ok || b.ok) return false;
  return a.reason === b.reason && canonicalJson(a.issues) === canonicalJson(b.issues);
}

function isUnreadable(result: LoadResult): boolean {
  return !result.ok && result.reason === "unreadable";
}

function isUnsettled(result: LoadResult): boolean {
  return !result.ok && result.issues.some((issue) => issue.code === "folder.unsettled");
}
