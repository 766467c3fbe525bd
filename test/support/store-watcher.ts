import { createHash } from "node:crypto";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { type Change, type Revision, type Store, StoreError } from "../../reconciler/store/store.ts";

/** A reader as all of Evenkeel is one: it lists, watches from there, and lists anew where it is told to. */
export class StoreWatcher {
  /** Key to value, as far as it has been told. */
  readonly view = new Map<string, string>();
  /** All changes in the order in which they were told, for tests of a few. */
  readonly changes: Change[] = [];
  relists = 0;
  revision: Revision = 0;
  readonly #end = new AbortController();
  #told: () => void = nothing;
  readonly #keepsChanges: boolean;
  readonly #running: Promise<void>;

  constructor(store: Store, prefix: string, keepsChanges = true) {
    this.#keepsChanges = keepsChanges;
    this.#running = this.#run(store, prefix);
  }

  /** Resolves once it has been told of everything up to a revision that changed something under its prefix. */
  async reached(revision: Revision): Promise<void> {
    while (this.revision < revision) {
      const more = new Promise<void>((resolve) => {
        this.#told = resolve;
      });
      await Promise.race([more, this.#running]);
    }
  }

  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(store: Store, prefix: string): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      try {
        await this.#follow(store, prefix);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof StoreError) || error.code !== "unreachable") throw error;
        await systemClock.sleep(50);
      }
    }
  }

  async #follow(store: Store, prefix: string): Promise<void> {
    const { items, revision } = await store.list(prefix);
    this.view.clear();
    for (const { key, value } of items) this.view.set(key, value);
    this.#tell(revision);
    for await (const event of store.watch(prefix, revision, this.#end.signal)) {
      if (event.type === "relist") {
        this.relists += 1;
        return;
      }
      event.changes.forEach((change) => this.#take(change));
      this.#tell(event.revision);
    }
  }

  #take(change: Change): void {
    if (this.#keepsChanges) this.changes.push(change);
    if (change.type === "put") this.view.set(change.item.key, change.item.value);
    else this.view.delete(change.key);
  }

  #tell(revision: Revision): void {
    this.revision = revision;
    this.#told();
  }
}

/** Equal for equal keys and values, and practically only for these. */
export function viewDigest(view: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  for (const entry of [...view].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(JSON.stringify(entry));
  return hash.digest("hex");
}

function nothing(): void {
  return;
}
