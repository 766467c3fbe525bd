/** What a person says of a node's machine, where nothing else can prove it. */
import { confirmationOf, replacementOf } from "../reconciler/control/fence/words.ts";
import { type Wish, writeRequest } from "../reconciler/control/requests.ts";
import type { Request } from "../reconciler/model/journal.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Vouched } from "../reconciler/api/ports.ts";
import type { Context } from "./context.ts";
import { refuseIfFrozen } from "./frozen.ts";
import { notFound } from "./output/object-names.ts";

const wishes = { "confirm-dead": confirmationOf, "replace": replacementOf } as const;

/** What would be noted, as things stand. @throws KeelError `not-found`, `refused` where it may not be said */
export async function wishOf(context: Context, word: Vouched, node: NodeName): Promise<Wish> {
  const { state } = await context.feed();
  refuseIfFrozen(state);
  const { nodes } = state.desired;
  const isKnown = nodes.has(node) || state.nodes.observed.has(node) || state.fences.has(node);
  if (!isKnown) throw notFound("node", "nodes", node, nodes.keys());
  return wishes[word](state, node);
}

export async function noteWord(context: Context, wish: Wish): Promise<Request> {
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  return (await writeRequest(store, keys, wish, { by: context.user, now: context.clock.now() })).request;
}
