/** Looking back: the heads that are kept, and the documents that each of them had put in force. */
import { KeelError } from "../model/errors.ts";
import type { ObjectId } from "../model/names.ts";
import { decode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type KeyValue, type Store, StoreError } from "../store/store.ts";
import { severalAtOnce } from "./batches.ts";
import type { DocumentsObject, Head, StoredDocument, StoredDocuments } from "./desired-objects.ts";

/** How many generations are kept, the one in force among them. */
export const keptGenerations = 100;

/** A head that was in force, with its documents. */
export interface Generation {
  readonly head: Head;
  readonly documents: StoredDocuments;
}

/** The heads that are kept, oldest first; the last is in force. */
export async function readHistory(store: Store, keys: ClusterKeys): Promise<readonly Head[]> {
  const { items } = await store.list(keys.histories);
  return items.map((item) => decode<Head>(item)).sort((a, b) => a.generation - b.generation);
}

/** Reads generations; what several of them share is read once. */
export class HistoryReader {
  readonly #store: Store;
  readonly #keys: ClusterKeys;
  readonly #objects = new Map<string, DocumentsObject>();

  constructor(store: Store, keys: ClusterKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** @throws KeelError `no-generation` where it is not kept any more, or never was */
  async read(generation: number): Promise<Generation> {
    const item = await this.#store.get(this.#keys.history(generation));
    if (item === null) throw await this.#notKept(generation);
    const head = decode<Head>(item);
    const documents = new Map<ObjectId, StoredDocument>();
    for (const object of await this.#objectsOf(head, item)) {
      for (const [id, stored] of object.documents) documents.set(id, stored);
    }
    return { head, documents };
  }

  #objectsOf(head: Head, record: KeyValue): Promise<readonly DocumentsObject[]> {
    return severalAtOnce(Object.values(head.parts), async (digest) => {
      const known = this.#objects.get(digest);
      if (known !== undefined) return known;
      const item = await this.#store.get(this.#keys.object(digest));
      if (item === null) throw await this.#vanished(head, record, digest);
      const object = decode<DocumentsObject>(item);
      this.#objects.set(digest, object);
      return object;
    });
  }

  /** Records go before their objects, so a record that is still there is damaged, and one that is not was collected. */
  async #vanished({ generation }: Head, record: KeyValue, digest: string): Promise<Error> {
    if ((await this.#store.get(record.key)) === null) return this.#notKept(generation);
    const what = `generation ${String(generation)} names object ${digest.slice(0, 12)}`;
    return new StoreError("rejected", `${what}, which is not there`);
  }

  async #notKept(generation: number): Promise<KeelError> {
    const kept = await readHistory(this.#store, this.#keys);
    return new KeelError("no-generation", { generation, why: whatIsKept(kept) });
  }
}

function whatIsKept(kept: readonly Head[]): string {
  const [oldest] = kept;
  const newest = kept.at(-1);
  if (oldest === undefined || newest === undefined) return "nothing was ever applied";
  return `the oldest that is kept is ${String(oldest.generation)}, the newest ${String(newest.generation)}`;
}
