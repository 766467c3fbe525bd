import type { Vm } from "../model/desired.ts";
import type { Placement } from "../model/placement.ts";
import type { VmFacts } from "./vm-facts.ts";

/**
 * An edit of `node:` moves the home; everything else about the placement stays as it was. A VM that is off and at home
 * is moved by that alone.
 */
export function withIntent(
  { placement, condition }: Pick<VmFacts, "placement" | "condition">,
  vm: Vm,
): Placement {
  if (vm.node === placement.homeAsked) return placement;
  const home = vm.node ?? placement.home;
  const follows = condition.is === "off" && placement.node !== null && placement.node === placement.home;
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
