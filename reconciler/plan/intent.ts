import type { Vm } from "../model/desired.ts";
import type { Placement } from "../model/placement.ts";
import type { VmFacts } from "./vm-facts.ts";

/**
 * An edit of `node:` moves the home, wherever the VM is and whatever is being done to it; everything else about the
 * placement stays as it was. A VM that is off and at home is moved by that alone. Of what is to be gone nothing is
 * written down anew.
 */
export function withIntent(
  { placement, condition, released }: Pick<VmFacts, "placement" | "condition" | "released">,
  vm: Vm,
): Placement {
  if (vm.state === "absent" || vm.node === placement.homeAsked) return placement;
  const home = vm.node ?? placement.home;
  const isAtRest = condition.is === "off" && released === null && placement.moving === null;
  const follows = isAtRest && placement.node !== null && placement.node === placement.home;
  const node = follows ? home : placement.node;
  const away = node !== null && node !== home;
  return {
    ...placement,
    node,
    home,
    homeAsked: vm.node,
    displaced: away ? (placement.displaced ?? "start") : null,
  };
}
