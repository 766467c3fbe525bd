/** Which VMs have to leave because another of their `apart` group runs on the same node. */
import type { Priority, Vm } from "../model/desired.ts";
import { byName, type NodeName, type VmName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

const ranks: Readonly<Record<Priority, number>> = { high: 0, normal: 1, low: 2 };

/** Order of choice among equals: priority, then name. */
export function byPriority(a: Vm, b: Vm): number {
  return ranks[a.priority] - ranks[b.priority] || byName(a.name, b.name);
}

/**
 * Of each group on each node one stays: the one that is at its fixed place, then the first in the order of choice. The
 * others have to leave, for the reason given.
 */
export function crowded({ vms, grouped }: World): ReadonlyMap<VmName, Reason> {
  const leaving = new Map<VmName, Reason>();
  const stayed = new Map<string, VmName>();
  const members = grouped.map((name) => vms.get(name)).filter((v) => v !== undefined);
  for (const { document: vm, condition } of members.sort(byClaimToStay)) {
    if (vm === null || condition.is !== "running") continue;
    const taken = vm.apart.find((group) => stayed.has(seat(condition.node, group)));
    if (taken !== undefined) {
      const other = stayed.get(seat(condition.node, taken)) ?? "";
      leaving.set(vm.name, reason("leaves-apart", { other, group: taken, node: condition.node }));
      continue;
    }
    for (const group of vm.apart) stayed.set(seat(condition.node, group), vm.name);
  }
  return leaving;
}

function seat(node: NodeName, group: string): string {
  return `${node}/${group}`;
}

function byClaimToStay(a: VmFacts, b: VmFacts): number {
  if (a.document === null || b.document === null) return 0;
  return Number(isFixed(b)) - Number(isFixed(a)) || byPriority(a.document, b.document);
}

function isFixed(facts: VmFacts): boolean {
  const { condition, document, placement } = facts;
  return condition.is === "running" && condition.node === (document?.migrate ?? placement.home);
}
