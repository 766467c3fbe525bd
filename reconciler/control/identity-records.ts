/**
 * Identities in the store. What is there is never replaced, only completed: two applies that meet the same new VM at
 * the same time end up with one UUID, whichever of them wins the head.
 */
import type { Identity } from "../model/journal.ts";
import type { VmName } from "../model/names.ts";
import { decode, encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { type KeyValue, type Store, StoreError } from "../store/store.ts";
import { batchesOf, severalAtOnce } from "./batches.ts";

/** Each refusal means that somebody else wrote the same identities meanwhile. */
const attempts = 5;
/** Up to so many are read one by one; for more the whole range is listed. */
const fewNames = 32;

type Present = ReadonlyMap<VmName, KeyValue>;

/**
 * Puts what is missing of `wanted`, and keeps whatever is there. Contended: others never stopped writing the same ones.
 */
export async function writeIdentities(
  store: Store,
  keys: ClusterKeys,
  wanted: ReadonlyMap<VmName, Identity>,
): Promise<"written" | "contended"> {
  const present = await read(store, keys, [...wanted.keys()]);
  const batches = batchesOf([...wanted], ([, identity]) => encode(identity));
  const ends = await severalAtOnce(batches, (batch) => writeBatch(store, keys, new Map(batch), present));
  return ends.every((isWritten) => isWritten) ? "written" : "contended";
}

async function writeBatch(
  store: Store,
  keys: ClusterKeys,
  wanted: ReadonlyMap<VmName, Identity>,
  known: Present,
): Promise<boolean> {
  let present = known;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const writes = missing(wanted, present, keys);
    if (writes.length === 0 || (await written(store, writes))) return true;
    present = await readEach(store, keys, [...wanted.keys()]);
  }
  return false;
}

interface Write {
  readonly key: string;
  readonly value: string;
  /** What it replaces; 0: nothing. */
  readonly modRevision: number;
}

function missing(wanted: ReadonlyMap<VmName, Identity>, present: Present, keys: ClusterKeys): Write[] {
  return [...wanted].flatMap(([vm, identity]): Write[] => {
    const item = present.get(vm);
    const value = encode(item === undefined ? identity : completed(decode<Identity>(item), identity));
    if (item?.value === value) return [];
    return [{ key: keys.identity(vm), value, modRevision: item?.modRevision ?? 0 }];
  });
}

/** What is there comes first and stays; `wanted` only adds. */
function completed(present: Identity, wanted: Identity): Identity {
  return {
    ...present,
    macs: { ...present.macs, ...wanted.macs, ...present.macs },
    volumes: { ...present.volumes, ...wanted.volumes, ...present.volumes },
  };
}

/** false: refused, or the outcome is unknown; reading again tells. */
async function written(store: Store, writes: readonly Write[]): Promise<boolean> {
  try {
    const result = await store.transact({
      compare: writes.map(({ key, modRevision }) => ({ key, modRevision })),
      then: writes.map(({ key, value }) => ({ put: key, value })),
    });
    return result.ok;
  } catch (error) {
    if (error instanceof StoreError && error.code === "ambiguous") return false;
    throw error;
  }
}

async function read(store: Store, keys: ClusterKeys, names: readonly VmName[]): Promise<Present> {
  if (names.length <= fewNames) return readEach(store, keys, names);
  const { items } = await store.list(keys.identities);
  return new Map(items.map((item) => [item.key.slice(keys.identities.length), item]));
}

async function readEach(store: Store, keys: ClusterKeys, names: readonly VmName[]): Promise<Present> {
  const items = await Promise.all(names.map((vm) => store.get(keys.identity(vm))));
  return new Map(names.flatMap((vm, index) => (items[index] ? [[vm, items[index]] as const] : [])));
}
