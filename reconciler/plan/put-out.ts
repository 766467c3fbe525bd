/** VMs that a flush or the loss of their node put out, and that are held where nothing else takes them. */
import type { Vm } from "../model/desired.ts";
import type { Nowhere } from "../model/journal.ts";
import type { Hold, Placement } from "../model/placement.ts";
import { afterLeaving } from "./displaced.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export type PutOut = Pick<Hold, "by" | "node">;

/** What keeps it from where it was: a VM that nothing else can take then is held. null: it was to be off there. */
export function whatPutItOut(world: World, { placement, condition }: VmFacts): PutOut | null {
  const { node, held, displaced } = placement;
  if (held?.open === true) return { by: held.by, node: held.node };
  if (node === null || condition.is !== "off") return null;
  const wentOffByItself = placement.ended === "guest" || condition.end?.cause === "guest";
  if (wentOffByItself) return null;
  if (condition.lost) return { by: "fence", node };
  if (world.nodes.get(node)?.document?.state !== "flushed") return null;
  const hasEnded = condition.end !== null && condition.end.cause !== "stop";
  return displaced === "flush" || hasEnded ? { by: "flush", node } : null;
}

/** Who was freed from a hold stays free: the word for it is used up by the start. */
export function ifWithdrawn(
  world: World,
  { placement, requests }: VmFacts,
  vm: Vm,
  out: PutOut | null,
): Nowhere {
  const { displaced, held } = placement;
  const isFreed = held !== null && requests.some(({ kind }) => kind === "release");
  if (isFreed) return freed(world, vm, placement, held);
  if (held !== null || out === null) return { displaced, held };
  return { displaced: null, held: { ...out, since: world.input.now, open: true } };
}

/** What is left of a hold is why the VM will be away from home. */
export function freed(world: World, vm: Vm, placement: Placement, held: Hold): Nowhere {
  return { displaced: afterLeaving(world.nodes, vm, placement, held), held: null };
}
