/**
 * Taking away what nobody can ask for any more: generations beyond those that are kept, and objects that no kept
 * generation names. An apply that is under way relies on objects that no head names yet; so each transaction that
 * deletes also writes `desired/collection`, which the apply compares when it puts its head, and begins again.
 */
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type Compare, type KeyValue, type Revision, type Store, StoreError } from "../store/store.ts";
import type { Head } from "./desired-objects.ts";
import { keptGenerations } from "./history.ts";

export interface CollectOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  /** What proves, in each transaction, that the writer still leads. */
  readonly guard: readonly Compare[];
  readonly now: number;
}

export interface Collected {
  readonly generations: number;
  readonly objects: number;
  /** Of the last transaction; 0 where there was none. */
  readonly revision: Revision;
  /** false: a new head came in between, or the leadership ended. What is left is collected another time. */
  readonly complete: boolean;
}

/** Operations of one transaction, the one on `collection` among them. */
const operations = 100;

/** Goes on until nothing is left to delete, or a comparison fails. */
export async function collect(options: CollectOptions): Promise<Collected> {
  const { store, keys } = options;
  // The head is read first and compared by each transaction: so all that is read after it is of the same generation.
  const head = await store.get(keys.head);
  if (head === null) return { generations: 0, objects: 0, revision: 0, complete: true };
  const [history, objects] = [await store.list(keys.histories), await store.list(keys.objects)];
  const garbage = findGarbage(head, history.items, objects.items, keys);
  // Records before their objects: a record that is there can be read whole.
  const doomed = [...garbage.history, ...garbage.objects];
  let revision = 0;
  for (let done = 0; done < doomed.length; done += operations - 1) {
    const result = await store.transact({
      compare: [...options.guard, { key: keys.head, modRevision: head.modRevision }],
      then: [
        ...doomed.slice(done, done + operations - 1).map((key) => ({ delete: key })),
        { put: keys.collection, value: encode({ at: options.now }) },
      ],
    });
    if (!result.ok) return { ...counts(garbage, done), revision, complete: false };
    revision = result.revision;
  }
  return { ...counts(garbage, doomed.length), revision, complete: true };
}

interface Garbage {
  readonly history: readonly string[];
  readonly objects: readonly string[];
}

/** @throws StoreError where the head or a kept record names what is not there: then nothing is taken away */
function findGarbage(
  headItem: KeyValue,
  historyItems: readonly KeyValue[],
  objectItems: readonly KeyValue[],
  keys: ClusterKeys,
): Garbage {
  const head = decode<Head>(headItem);
  const records = historyItems.map((item) => ({ key: item.key, head: decode<Head>(item) }));
  const isKept = (generation: number) => generation > head.generation - keptGenerations;
  const kept = [head, ...records.map((record) => record.head).filter((old) => isKept(old.generation))];
  const named = new Set(kept.flatMap(({ parts }) => Object.values(parts)).map(keys.object));
  const there = new Set(objectItems.map(({ key }) => key));
  const missing = [...named].find((key) => !there.has(key));
  if (missing !== undefined) {
    throw new StoreError("rejected", `${missing} is named by what is kept, and is not there`);
  }
  return {
    history: records.filter((record) => !isKept(record.head.generation)).map(({ key }) => key),
    objects: objectItems.map(({ key }) => key).filter((key) => !named.has(key)),
  };
}

function counts({ history }: Garbage, done: number): Pick<Collected, "generations" | "objects"> {
  const generations = Math.min(done, history.length);
  return { generations, objects: done - generations };
}
