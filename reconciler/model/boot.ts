/** What the boots of a node prove: a guest ends with the kernel that it ran on, whether or not an agent tells so. */
import type { ObservedNode, Session } from "./observed.ts";
import { isFinal, type Progress, type Step } from "./step.ts";

/** Who lived last under the node's name, or would have if a round had let it, runs in another boot than that. */
export function isOfEarlierBoot(
  { bootId }: Pick<Session, "bootId">,
  node: Pick<ObservedNode, "alive" | "seen">,
): boolean {
  const latest = node.alive ?? node.seen;
  return latest !== null && latest.bootId !== bootId;
}

/** No agent can tell how what ran there has ended. */
export function isMute({ agent, status }: Pick<ObservedNode, "agent" | "status">): boolean {
  return agent === null || status?.unreadable !== undefined;
}

/**
 * The step was claimed in an earlier boot, its guest has ended with that, and there is no agent that could tell. What
 * makes a guest is left out: its end is told of by no record. So is a destruction, which any agent may go on with.
 */
export function isOverWithBoot(
  { kind }: Step,
  progress: Progress | null,
  node: Pick<ObservedNode, "alive" | "seen" | "agent" | "status"> | null,
): boolean {
  if (node === null || progress === null || isFinal(progress)) return false;
  const { claimedBootId: bootId } = progress;
  if (bootId === undefined || !isMute(node) || !isOfEarlierBoot({ bootId }, node)) return false;
  switch (kind) {
    case "stop":
    case "update":
    case "migrate":
    case "rename":
      return true;
    case "start":
    case "restart":
    case "adopt":
    case "destroy":
      return false;
  }
}
