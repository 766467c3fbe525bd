/** That a saved plan was applied, remembered for as long as it could be applied again. */
import { KeelError } from "../reconciler/model/errors.ts";
import { formatTime } from "../reconciler/desired/times.ts";
import { decode, encode } from "../reconciler/store/codec.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
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

/**
 * To be called before the plan is applied: if what follows fails, a fresh plan is made, and none ever runs twice. The
 * record goes with a lease that outlives the plan.
 * @throws KeelError `plan-used` where somebody was quicker
 */
export async function markUsed(
  store: Store,
  keys: ClusterKeys,
  plan: SavedPlan,
  use: PlanUse,
): Promise<void> {
  const key = keys.planUsed(plan.id);
  const lease = await store.grant(2 * savedPlanMs);
  const result = await store.transact({
    compare: [{ key, createRevision: 0 }],
    then: [{ put: key, value: encode(use), lease: lease.id }],
  });
  if (result.ok) return;
  await checkUnused(store, keys, plan);
  throw new KeelError("stale-plan", { what: "the record of its use" });
}
