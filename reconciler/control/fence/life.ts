import type { NodeName } from "../../model/names.ts";
import type { Alive } from "../../model/observed.ts";
import { decode } from "../../store/codec.ts";
import type { ClusterKeys } from "../../store/keys.ts";
import type { Revision, Store } from "../../store/store.ts";

/** One life of a node: what its heartbeat told, and the revision that a transaction compares which relies on it. */
export interface Life {
  readonly alive: Alive;
  readonly revision: Revision;
}

/** As the store has it now, which a feed may not have heard of yet; null: it does not live. */
export async function lifeOf(
  node: NodeName,
  { store, keys }: { readonly store: Pick<Store, "get">; readonly keys: ClusterKeys },
): Promise<Life | null> {
  const item = await store.get(keys.alive(node));
  return item === null ? null : { alive: decode<Alive>(item), revision: item.modRevision };
}
