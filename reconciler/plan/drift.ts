/** What is not as it was written, and is not being changed: shown, attributed, never acted upon by itself. */
import type { HardwareField } from "../model/hardware.ts";
import type { Drift } from "../model/plan.ts";
import { reason } from "../model/reasons.ts";
import { differences, fieldInWords, isLive, wantedHardware } from "./hardware.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export function findDrift(world: World): Drift[] {
  const drift: Drift[] = [];
  for (const facts of world.vms.values()) drift.push(...driftOf(facts));
  for (const node of world.nodes.values()) {
    for (const domain of node.observed?.status?.unmanaged ?? []) {
      drift.push({ kind: "unmanaged", domain: domain.name, node: node.name });
    }
  }
  return drift;
}

function driftOf(facts: VmFacts): Drift[] {
  const { condition, document: vm, placement } = facts;
  const vmName = facts.name;
  if (vm === null) return [{ kind: "orphaned", vm: vmName, node: placement.node }];
  if (placement.ended === "guest" && vm.state === "running") {
    return [
      { kind: "state", vm: vmName, node: placement.node, reason: reason("ended-by-guest", { vm: vmName }) },
    ];
  }
  if (condition.is !== "running" || condition.domain === null) return [];
  const { node, domain } = condition;
  const drift: Drift[] = [];
  if (facts.tries?.failed?.failure === "shutdown-timed-out" && vm.state !== "running") {
    const timeout = `${String(vm.shutdown.timeoutMs / 1000)}s`;
    drift.push({ kind: "state", vm: vmName, node, reason: reason("shutdown-timed-out", { timeout }) });
  }
  const differing = differences(vm, facts.identity, domain.live);
  if (differing.length === 0) return drift;
  const intended = differences(vm, facts.identity, domain.applied);
  const wanted = wantedHardware(vm, facts.identity);
  const entry = (kind: "drift" | "pending", field: HardwareField): Drift => ({
    kind,
    vm: vmName,
    node,
    field,
    wanted: fieldInWords(field, wanted),
    live: fieldInWords(field, domain.live),
  });
  for (const field of differing) {
    if (!intended.includes(field)) drift.push(entry("drift", field));
    else if (!isLive(field, vm, domain.live)) drift.push(entry("pending", field));
  }
  return drift;
}
