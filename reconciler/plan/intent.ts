import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import type { Placement } from "../model/placement.ts";
import { whyDisplacedNow } from "./displaced.ts";
import type { NodeFacts } from "./node-facts.ts";
import type { VmFacts } from "./vm-facts.ts";

/**
 * An edit of `node:` moves the home, wherever the VM is and whatever is being done to it; everything else about the
 * placement stays as it was. A VM that is off and at home is moved by that alone. Of what is to be gone nothing is
 * written down anew.
 */
export function withIntent(
  nodes: ReadonlyMap<NodeName, NodeFacts>,
  { placement, condition, released }: Pick<VmFacts, "placement" | "condition" | "released">,
  vm: Vm,
): Placement {
  if (vm.state === "absent" || vm.node === placement.homeAsked) return placement;
  const home = vm.node ?? placement.home;
  const isAtRest = condition.is === "off" && released === null && placement.moving === null;
  const follows = isAtRest && placement.node !== null && placement.node === placement.home;
  const node = follows ? home : placement.node;
  const moved = { ...placement, node, home, homeAsked: vm.node };
  const isAway = node !== null && node !== home;
  return { ...moved, displaced: isAway ? whyDisplacedNow(nodes, vm, moved, node) : null };
}
