/** The desired state in force, put together from the head and its objects as they arrive. */
import type { Desired } from "../model/desired.ts";
import type { ObjectId } from "../model/names.ts";
import { decode } from "../store/codec.ts";
import { type KeyValue, type Revision, StoreError } from "../store/store.ts";
import { resolveDocuments } from "../desired/resolve-documents.ts";
import { ResolveMemory } from "../desired/resolve/resolve-memory.ts";
import type { DocumentsObject, Head, StoredDocument } from "./desired-objects.ts";

export interface Applied {
  /** null: nothing was ever applied. */
  readonly head: Head | null;
  /** The head's revision; 0 where there is none. A transaction that replaces it compares this. */
  readonly revision: Revision;
  readonly documents: ReadonlyMap<ObjectId, StoredDocument>;
  readonly desired: Desired;
}

export class AppliedDesired {
  readonly #objects = new Map<string, KeyValue>();
  /** Decoded objects of the head in force, so that an apply decodes only what it changed. */
  #decoded = new Map<string, DocumentsObject>();
  readonly #memory = new ResolveMemory();
  #headItem: KeyValue | null = null;
  #current: Applied | null = null;

  /** @throws StoreError where the head names an object that is not there: an error, never an empty cluster */
  get current(): Applied {
    this.#current ??= this.#assemble();
    return this.#current;
  }

  put(rest: string, item: KeyValue): void {
    if (rest === "head") {
      this.#headItem = item;
      this.#current = null;
    } else if (rest.startsWith("object/")) {
      this.#objects.set(rest.slice("object/".length), item);
    }
  }

  delete(rest: string): void {
    if (rest === "head") {
      this.#headItem = null;
      this.#current = null;
    } else if (rest.startsWith("object/")) {
      this.#objects.delete(rest.slice("object/".length));
    }
  }

  #assemble(): Applied {
    const head = this.#headItem === null ? null : decode<Head>(this.#headItem);
    const documents = new Map<ObjectId, StoredDocument>();
    const decoded = new Map<string, DocumentsObject>();
    for (const digest of Object.values(head?.parts ?? {})) {
      const object = this.#decoded.get(digest) ?? this.#decode(digest);
      decoded.set(digest, object);
      for (const [id, stored] of object.documents) documents.set(id, stored);
    }
    this.#decoded = decoded;
    return {
      head,
      revision: this.#headItem?.modRevision ?? 0,
      documents,
      desired: this.#resolve(head, documents),
    };
  }

  #resolve(head: Head | null, stored: ReadonlyMap<ObjectId, StoredDocument>): Desired {
    const documents = new Map([...stored].map(([id, { document }]) => [id, document]));
    const sources = new Map([...stored].map(([id, { source }]) => [id, source]));
    const host = head?.host ?? "localhost";
    const result = resolveDocuments(documents, { host, simulated: true, sources, memory: this.#memory });
    if (!result.ok) {
      const first = result.issues[0];
      throw new StoreError("rejected", `what was applied is not legal here: ${first?.message ?? "unknown"}`);
    }
    // Nothing applied is nothing wanted: the one implied node is for folders without Node documents.
    return head === null ? { ...result.desired, nodes: new Map() } : result.desired;
  }

  #decode(digest: string): DocumentsObject {
    const item = this.#objects.get(digest);
    if (item === undefined) {
      throw new StoreError("rejected", `the head names object ${digest.slice(0, 12)}, which is not there`);
    }
    return decode<DocumentsObject>(item);
  }
}
