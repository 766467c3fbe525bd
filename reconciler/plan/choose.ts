/** Where a VM goes: `migrate:`, else home, else where it is, else by its selector (docs/behaviour.md). */
import type { Selector, Vm } from "../model/desired.ts";
import type { NodeName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { roughSize } from "./hardware.ts";
import { whyNotUsable } from "./usable.ts";
import type { World } from "./world.ts";

export interface Choice {
  readonly node: NodeName;
  readonly reason: Reason;
}

/** Each node that was refused, with why: what `keel why` shows. */
export type Refusals = ReadonlyMap<NodeName, Reason>;

export type Chosen =
  { readonly found: true; readonly choice: Choice } | { readonly found: false; readonly refusals: Refusals };

export function selectorOf(world: World, vm: Vm): Selector {
  return vm.selector ?? world.input.desired.cluster.selector;
}

/** The best usable node by the VM's selector; ties go to the lexically first. `except`: where it has to leave. */
export function chooseBySelector(world: World, vm: Vm, except: NodeName | null): Chosen {
  const selector = selectorOf(world, vm);
  if (!world.input.policy.selectorsOpen) {
    return { found: false, refusals: new Map([["*", reason("waiting-for-agents")]]) };
  }
  let best: NodeName | null = null;
  let bestScore = Number.POSITIVE_INFINITY;
  const refusals = new Map<NodeName, Reason>();
  for (const node of vm.limits ?? world.nodeNames) {
    if (node === except) continue;
    const why = whyNotUsable(world, vm, node);
    if (why !== null) {
      refusals.set(node, why);
      continue;
    }
    const score = world.ledger.score(node, selector);
    if (score < bestScore || (score === bestScore && best !== null && node < best)) {
      best = node;
      bestScore = score;
    }
  }
  if (best === null) return { found: false, refusals };
  const value = scoreInWords(selector, bestScore);
  return {
    found: true,
    choice: { node: best, reason: reason("chosen-by-selector", { selector, node: best, value }) },
  };
}

function scoreInWords(selector: Selector, score: number): string {
  switch (selector) {
    case "mem":
      return `${roughSize(-score)} free`;
    case "memprov":
      return `${roughSize(-score)} not provisioned`;
    case "vcpus":
      return `${String(score)} vCPUs`;
    case "vms":
      return `${String(score)} VMs`;
    case "load":
      return `load ${String(score)}`;
  }
}

/** One line that names every refusal, the shortest that still tells all: "hv1 is flushed; hv2 is outside its limits". */
export function refusalsInWords(refusals: Refusals, describe: (r: Reason) => string): string {
  if (refusals.size === 0) return "there is no other node";
  const shown = [...refusals.values()].slice(0, 3).map(describe);
  const more = refusals.size - shown.length;
  return more > 0 ? `${shown.join("; ")}; and ${String(more)} more` : shown.join("; ");
}
