/** Maintenance by a request, for when no file can be edited or applied. */
import type { ClusterState, StoredRequest } from "../reconciler/control/cluster-state.ts";
import { requestId, withdrawRequest, writeRequest } from "../reconciler/control/requests.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Request } from "../reconciler/model/journal.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Context } from "./context.ts";

export interface Override {
  /** null: of the whole cluster. */
  readonly node: NodeName | null;
  readonly reason: string;
  /** null: a day. */
  readonly forMs: number | null;
}

/** Of an override that says nothing else: long enough for any work, and it ends though somebody forgets it. */
const lastsMs = 86_400_000;

/** @throws KeelError `not-found` */
export async function overrideMaintenance(
  context: Context,
  { node, reason, forMs }: Override,
): Promise<Request> {
  const { state } = await context.feed();
  if (node !== null && !state.desired.nodes.has(node) && !state.lastFields.has(node)) {
    throw new KeelError("not-found", { what: "node", name: node, kind: "nodes" });
  }
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const cluster = state.desired.cluster.name;
  const who = { by: context.user, now: context.clock.now(), forMs: forMs ?? lastsMs };
  return (await writeRequest(store, keys, { kind: "maintenance", cluster, node, reason }, who)).request;
}

/** null: there is none. */
export function overrideOf({ requests }: ClusterState, node: NodeName | null): StoredRequest | null {
  return requests.get(requestId("maintenance", node ?? "")) ?? null;
}

/** @throws KeelError `refused` where there is none */
export async function withdrawOverride(context: Context, node: NodeName | null): Promise<void> {
  const { state } = await context.feed();
  const request = overrideOf(state, node);
  if (request === null) {
    throw new KeelError("refused", {
      what: "withdrawing an override",
      why: "there is none",
      advice: "`keel maintenance status` shows what is in force; what files say is edited there.",
    });
  }
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  await withdrawRequest(store, keys, request);
}
