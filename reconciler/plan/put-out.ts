/** VMs that a flush or the loss of their node put out, and that are held where nothing else takes them. */
import type { Nowhere } from "../model/journal.ts";
import type { Hold } from "../model/placement.ts";
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
export function ifWithdrawn({ placement, requests }: VmFacts, out: PutOut | null, now: number): Nowhere {
  const { displaced, held } = placement;
  const isFreed = held !== null && requests.some(({ kind }) => kind === "release");
  if (isFreed) return { displaced: held.by, held: null };
  if (held !== null || out === null) return { displaced, held };
  return { displaced: null, held: { ...out, since: now, open: true } };
}
