/** That a saved plan was applied, remembered for as long as it could be applied again. */
import { KeelError } from "../reconciler/model/errors.ts";
import { formatTime } from "../reconciler/desired/times.ts";
import { decode, encode } from "../reconciler/store/codec.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Compare, Operation, Store } from "../reconciler/store/store.ts";
import { type SavedPlan, savedPlanMs } from "./saved-plan.ts";

interface PlanUse {
  readonly by: string;
  readonly at: number;
}

/** @throws KeelError `plan-used` where it was */
export async function checkUnused(store: Store, keys: ClusterKeys, plan: SavedPlan): Promise<void> {
  const used = await store.get(keys.planUsed(plan.id));
  if (used === null) return;
  const { by, at } = decode<PlanUse>(used);
  throw new KeelError("plan-used", { by, at: formatTime(at) });
}

export interface SingleUse {
  /** Goes into the transaction that puts the plan in force: both happen, or neither. */
  readonly beside: { readonly compare: readonly Compare[]; readonly then: readonly Operation[] };
  /** Writes the use down alone. @throws KeelError `plan-used` where somebody was quicker */
  readonly mark: () => Promise<void>;
}

/** The use of a plan, not yet written. Its record goes with a lease that outlives the plan. */
export async function usedOnce(
  store: Store,
  keys: ClusterKeys,
  plan: SavedPlan,
  use: PlanUse,
): Promise<SingleUse> {
  const key = keys.planUsed(plan.id);
  const { id: lease } = await store.grant(2 * savedPlanMs);
  const beside = {
    compare: [{ key, createRevision: 0 }],
    then: [{ put: key, value: encode(use), lease }],
  };
  const mark = async (): Promise<void> => {
    const { ok } = await store.transact(beside);
    if (ok) return;
    await checkUnused(store, keys, plan);
    throw new KeelError("stale-plan", { what: "the record of its use" });
  };
  return { beside, mark };
}
