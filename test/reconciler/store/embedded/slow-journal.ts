import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { Journal } from "../../../../reconciler/store/embedded/journal.ts";
import type { LogFile } from "../../../../reconciler/store/embedded/log-file.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

/** A disk whose writes end when, and how, the test says. */
export class SlowLog implements LogFile {
  readonly path = "/log";
  readonly bytes = 0;
  readonly writes: { readonly size: number; readonly end: (error?: Error) => void }[] = [];

  append(payload: Buffer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.writes.push({
        size: payload.length,
        end: (error) => {
          if (error === undefined) resolve();
          else reject(error);
        },
      });
    });
  }

  async close(): Promise<void> {}
}

/** A journal on such a disk. */
export function slowJournal() {
  const core = new StoreCore({ clock: new FakeClock() });
  const log = new SlowLog();
  const failures: Error[] = [];
  const journal = new Journal({
    directory: "/nowhere",
    core,
    storeId: "42",
    log,
    sequence: 1,
    snapshotBytes: 0,
    maxLogBytes: 1024,
    onFailure: (error) => failures.push(error),
  });
  return { core, log, journal, failures };
}

/** Resolves when everything that needs no disk has happened. */
export function turns(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
