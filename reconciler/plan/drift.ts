/** What is not as it was written, and is not being changed: shown, attributed, never acted upon by itself. */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import type { DomainDifference } from "../model/observed.ts";
import type { Drift } from "../model/plan.ts";
import { reason } from "../model/reasons.ts";
import { differences, fieldInWords, isLive, wantedHardware } from "./hardware.ts";
import { refusedFields } from "./held-back.ts";
import { formerNames } from "./lineage.ts";
import type { ActiveDomain, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export function findDrift(world: World): Drift[] {
  const drift: Drift[] = [];
  const former = formerNames(world.vms);
  for (const facts of world.vms.values()) if (!former.has(facts.name)) drift.push(...driftOf(world, facts));
  for (const node of world.nodes.values()) {
    for (const domain of node.observed?.status?.unmanaged ?? []) {
      drift.push({ kind: "unmanaged", domain: domain.name, node: node.name });
    }
  }
  return drift;
}

function driftOf(world: World, facts: VmFacts): Drift[] {
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
  return [...drift, ...fieldDrift(world, facts, vm, node, domain)];
}

/** Field by field: those of the document, and what only the domain itself shows. */
function fieldDrift(world: World, facts: VmFacts, vm: Vm, node: NodeName, domain: ActiveDomain): Drift[] {
  // What is being changed is on its way to what is wanted.
  if (facts.released?.step.kind === "update") return [];
  const omitted = domain.changed?.omitted ?? 0;
  const more = reason("more-drift", { omitted });
  return [
    ...documentDrift(world, facts, vm, { node, domain }),
    ...otherDrift(facts, node, domain),
    ...(omitted === 0 ? [] : [{ kind: "state", vm: facts.name, node, reason: more } as const]),
  ];
}

function documentDrift(
  world: World,
  facts: VmFacts,
  vm: Vm,
  { node, domain }: { readonly node: NodeName; readonly domain: ActiveDomain },
): Drift[] {
  const { name, identity } = facts;
  const refused = refusedFields(world, facts, vm);
  const intended = differences(vm, identity, domain.applied);
  const wanted = wantedHardware(vm, identity);
  return differences(vm, identity, domain.live).flatMap((field): Drift[] => {
    const kind = intended.includes(field) ? "pending" : "drift";
    const why = refused?.fields.includes(field) === true ? refused.why : null;
    const effect = isLive(field, vm, domain.live) && why === null ? "live" : "next-restart";
    if (kind === "pending" && effect === "live") return [];
    const found = domain.changed?.differences.find((one) => one.field === field);
    return [
      {
        kind,
        vm: name,
        node,
        field,
        wanted: fieldInWords(field, wanted) || null,
        live: fieldInWords(field, domain.live) || null,
        effect,
        refused: why,
        since: kind === "drift" ? sinceOf(found) : null,
      },
    ];
  });
}

/** Nothing but a restart sets these back. */
function otherDrift({ name }: VmFacts, node: NodeName, { changed }: ActiveDomain): Drift[] {
  const others = changed?.differences.filter(({ field }) => field === null) ?? [];
  return others.map((one) => ({
    kind: one.by === "hand" ? "drift" : "pending",
    vm: name,
    node,
    field: one.path,
    wanted: one.wanted,
    live: one.live,
    effect: "next-restart",
    refused: null,
    since: sinceOf(one),
  }));
}

function sinceOf(one: DomainDifference | undefined): Pick<DomainDifference, "since" | "noticed"> | null {
  return one === undefined ? null : { since: one.since, noticed: one.noticed };
}
