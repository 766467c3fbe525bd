/** Writing down what a human accepted of a restored store. Half of it done is still frozen, and can be done again. */
import { KeelError } from "../model/errors.ts";
import type { StoreRecord } from "../model/store-record.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Compare, Operation, Store } from "../store/store.ts";
import type { RestoreReview } from "./review-restore.ts";

/** Placements of one transaction: each is compared and put. */
const batch = 50;

/** @throws KeelError `refused` where something changed since the review, or the review has problems */
export async function acceptRestore(
  store: Store,
  keys: ClusterKeys,
  review: RestoreReview,
  who: { readonly by: string; readonly now: number },
): Promise<void> {
  const [problem] = review.problems;
  if (problem !== undefined) throw refused(problem);
  if ((await store.get(keys.restoring)) !== null) {
    throw refused("a backup is still being put back; give the same file to `keel store restore` again");
  }
  const frozen: Compare = { key: keys.store, modRevision: review.revision };
  // What was asked for once may have been used up in the time that is lost.
  await write(
    store,
    [frozen],
    [
      { deletePrefix: `${keys.root}step/` },
      { deletePrefix: `${keys.root}progress/` },
      { deletePrefix: keys.request("") },
    ],
  );
  for (let i = 0; i < review.placements.length; i += batch) {
    const part = review.placements.slice(i, i + batch);
    const compares = part.map(({ vm, replaces }) => ({ key: keys.placement(vm), modRevision: replaces }));
    await write(
      store,
      [frozen, ...compares],
      part.map(({ vm, placement }) => ({ put: keys.placement(vm), value: encode(placement) })),
    );
  }
  const accepted: StoreRecord = {
    counter: review.counter,
    frozen: null,
    accepted: { at: who.now, by: who.by },
  };
  await write(store, [frozen], [{ put: keys.store, value: encode(accepted) }]);
}

async function write(store: Store, compare: readonly Compare[], then: readonly Operation[]): Promise<void> {
  const { ok } = await store.transact({ compare, then });
  if (!ok) throw refused("something changed since it was looked at");
}

function refused(why: string): KeelError {
  return new KeelError("refused", {
    what: "Accepting the restored store",
    why,
    advice: "It stays frozen. Look again: `keel store accept-restore` shows what there is.",
  });
}
