/** Why a VM is not at home, in the word that is written down of it. */
import type { Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import type { Displaced, Placement } from "../model/placement.ts";
import { unreachable } from "../model/unreachable.ts";
import { type NodeFacts, whyFenced } from "./node-facts.ts";

type Nodes = ReadonlyMap<NodeName, NodeFacts>;

/** What makes a VM leave a node, or did. */
export interface Leaving {
  readonly node: NodeName;
  readonly by: "flush" | "fence" | "limits";
}

/** Why it is away from home on `node`, where it stays: what keeps it there, else what it left home for. */
export function whyDisplaced(nodes: Nodes, vm: Vm, placement: Placement, node: NodeName): Displaced {
  return whyAway(vm, placement, node) ?? said(vm, placement) ?? whyNotNow(nodes, vm, placement) ?? "start";
}

/** The same once its home is another one: what that says of itself comes before what the former one said. */
export function whyDisplacedNow(nodes: Nodes, vm: Vm, placement: Placement, node: NodeName): Displaced {
  return whyAway(vm, placement, node) ?? whyNotNow(nodes, vm, placement) ?? said(vm, placement) ?? "start";
}

/** Why it will be away from home on `node`; null where that is its home. `leaves`: what makes it leave, if anything. */
export function displacedAt(
  nodes: Nodes,
  vm: Vm,
  placement: Placement,
  node: NodeName,
  leaves: Leaving | null,
): Displaced | null {
  const home = placement.home ?? node;
  if (node === home) return null;
  const away = whyAway(vm, { ...placement, home }, node);
  if (away !== null) return away;
  return leaves === null ? (placement.displaced ?? "start") : afterLeaving(nodes, vm, placement, leaves);
}

/**
 * Who leaves home is away for that. Who leaves a refuge is still away for what it left home for, as long as that is so;
 * after that, for what keeps it from home now.
 */
export function afterLeaving(nodes: Nodes, vm: Vm, placement: Placement, leaves: Leaving): Displaced {
  return leaves.node === placement.home ? leaves.by : (whyNotNow(nodes, vm, placement) ?? "start");
}

/** What is said of it, and keeps it from home here and now. */
export function isStillSo(nodes: Nodes, vm: Vm, { home, displaced }: Placement): boolean {
  const node = home === null ? undefined : nodes.get(home);
  switch (displaced) {
    case "flush":
      return node?.document?.state === "flushed";
    case "fence":
      return node !== undefined && whyFenced(node) !== null;
    case "migrate":
      return vm.migrate !== null;
    case "limits":
      return isOutsideLimits(vm, home);
    // Of the past: what its home could not do when it had to start.
    case "start":
    case null:
      return false;
    default:
      return unreachable(displaced);
  }
}

/** What keeps it from home here and now: what is said already, where that is so. null: nothing that there is a word for. */
function whyNotNow(nodes: Nodes, vm: Vm, placement: Placement): Displaced | null {
  const { home, displaced } = placement;
  if (isStillSo(nodes, vm, placement)) return displaced;
  const node = home === null ? undefined : nodes.get(home);
  if (node === undefined) return null;
  if (whyFenced(node) !== null) return "fence";
  return node.document?.state === "flushed" ? "flush" : null;
}

/** What keeps it from home as long as it holds, whatever made it leave; null: nothing of the kind. */
function whyAway(vm: Vm, { home }: Placement, node: NodeName): "migrate" | "limits" | null {
  if (vm.migrate === node) return "migrate";
  return isOutsideLimits(vm, home) ? "limits" : null;
}

function isOutsideLimits({ limits }: Vm, home: NodeName | null): boolean {
  return home !== null && limits !== null && !limits.includes(home);
}

/** What it left home for, where that is still said of it: a `migrate:` that is gone keeps nobody away. */
function said(vm: Vm, { displaced }: Placement): Displaced | null {
  return displaced === "migrate" && vm.migrate === null ? null : displaced;
}
