import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { CoreState, StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { Journal, type JournalOptions } from "../../../../reconciler/store/embedded/journal.ts";
import { recover, type Recovered } from "../../../../reconciler/store/embedded/recovery.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

/** A folder that ends with its test. */
export async function temporaryDirectory(test: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "keel-store-"));
  test.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

export interface OpenStore extends Recovered {
  readonly journal: Journal;
  readonly clock: FakeClock;
}

/** Opens the store in a folder, as the server does. */
export async function openStore(
  directory: string,
  options: Partial<JournalOptions> = {},
): Promise<OpenStore> {
  const clock = new FakeClock();
  let leases = 0;
  const recovered = await recover({
    directory,
    clock,
    newStoreId: () => "42",
    newLeaseId: () => String(1000 + (leases += 1)),
  });
  const journal = new Journal({
    ...recovered,
    directory,
    maxLogBytes: 1024 * 1024,
    onFailure: (error) => {
      throw error;
    },
    ...options,
  });
  return { ...recovered, journal, clock };
}

/** Names and contents of the files in a folder. */
export async function filesIn(directory: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = (await readdir(directory)).sort();
  return new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(directory, name))] as const)),
  );
}

export function put(core: StoreCore, key: string, value: string, lease = "0"): void {
  core.transact({ conditions: [], success: [{ kind: "put", key, value, lease }], failure: [] });
}

/** What a core knows, in an order of its own. */
export function knowledge(core: StoreCore): CoreState {
  const { revision, records, leases } = core.capture();
  return { revision, records: records.toSorted((a, b) => (a.key < b.key ? -1 : 1)), leases };
}
