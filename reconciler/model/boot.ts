/** What the boots of a node prove: a guest ends with the kernel that it ran on, whether or not an agent tells so. */
import type { Alive, ObservedNode, Seen, Session } from "./observed.ts";
import { isFinal, type Progress, type Step } from "./step.ts";

/** As much of a node as its boots are told by. */
export interface Boots extends Pick<ObservedNode, "name" | "agent" | "status"> {
  readonly alive: Pick<Alive, "bootId"> | null;
  readonly seen: Pick<Seen, "bootId"> | null;
}

/** Who lived last under the node's name, or would have if a round had let it, runs in another boot than that. */
export function isOfEarlierBoot(
  { bootId }: Pick<Session, "bootId">,
  node: Pick<Boots, "alive" | "seen">,
): boolean {
  const latest = node.alive ?? node.seen;
  return latest !== null && latest.bootId !== bootId;
}

/** Its agent says that the hypervisor does not answer, in this boot. Agents of before do not tell in which. */
export function isUnreadable({ alive, status }: Pick<Boots, "alive" | "status">): boolean {
  const { bootId = null } = status?.unreadable ?? {};
  return status?.unreadable !== undefined && (alive === null || bootId === null || bootId === alive.bootId);
}

/**
 * The step was claimed on its node in an earlier boot; its guest has ended with that, and no agent can tell how. What makes
 * a guest is left out: no record would show that it has ended. So is a destruction, with which any agent may go on; and the
 * target of a migration, as its source may still send the guest into the boot that is.
 */
export function isOverWithBoot(
  { kind, node: name }: Step,
  progress: Progress | null,
  node: Boots | null,
): boolean {
  if (node?.name !== name || progress === null || isFinal(progress)) return false;
  const { claimedBootId: bootId } = progress;
  const isMute = node.agent === null || isUnreadable(node);
  if (bootId === undefined || !isMute || !isOfEarlierBoot({ bootId }, node)) return false;
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
