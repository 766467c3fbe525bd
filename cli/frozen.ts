/** A store that was set back is looked at like any other; nothing is decided on it. */
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Context } from "./context.ts";

/** @throws KeelError `store-frozen` */
export function refuseIfFrozen({ store }: ClusterState): void {
  const { frozen } = store.record;
  if (frozen !== null) throw new KeelError("store-frozen", { why: frozen.why, by: frozen.by });
}

/** One line beside the answer. */
export function warnIfFrozen({ store }: ClusterState, context: Pick<Context, "err">): void {
  const { frozen } = store.record;
  if (frozen === null) return;
  context.err(
    `warning: the store is frozen: ${frozen.why}; nothing is begun until \`keel store accept-restore\``,
  );
}
