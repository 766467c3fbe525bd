/** `state: absent`: destruction. Nothing is touched before an approval names the VM (law 8). */
import type { Vm } from "../model/desired.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { blocked, off, type Outcome } from "./outcome.ts";
import { destroyStep, stopStep } from "./steps.ts";
import type { VmFacts } from "./vm-facts.ts";
import { whyUnhealthy } from "./node-facts.ts";
import type { World } from "./world.ts";

export function decideAbsent(world: World, facts: VmFacts, vm: Vm): Outcome {
  if (!exists(world, facts))
    return { kind: "settled", why: reason("stopped-as-wanted", { state: "absent" }) };
  if (vm.protect) return blocked(reason("protected"));
  const approvals = facts.requests.filter((r) => r.kind === "destroy");
  const approval = approvals[0];
  if (approval === undefined) return blocked(reason("approval-needed", { vm: vm.name }));
  const over = whyOverBound(world);
  if (over !== null) return blocked(over);
  const why = reason("destroy-wanted", { by: approval.by });
  if (facts.condition.is === "running") {
    const planned = stopStep(facts, vm, facts.condition.node, "graceful", why);
    return { kind: "step", planned, next: off(facts) };
  }
  const node = facts.placement.node ?? anyHealthyNode(world);
  if (node === null) return blocked(reason("no-target", { why: "no agent answers" }));
  const disks = approvals.flatMap((a) => a.disks);
  const planned = destroyStep(
    world,
    facts,
    vm,
    node,
    disks,
    why,
    approvals.map((a) => a.id),
  );
  return { kind: "step", planned, next: { ...facts, document: null } };
}

/** There is something to destroy: a VM that was never placed has nothing but its identity. */
function exists(world: World, facts: VmFacts): boolean {
  return facts.revision > 0 || [...world.input.journal.volumes.values()].some((c) => c.vm === facts.name);
}

/** More than the bound at once, and nothing is destroyed: a wrong generator or a bad merge is likelier than intent. */
function whyOverBound(world: World): Reason | null {
  const bound = world.input.policy.allowDestroy ?? world.input.desired.cluster.bounds.destroy;
  let count = 0;
  for (const facts of world.vms.values()) {
    if (facts.document?.state === "absent" && facts.revision > 0) count += 1;
  }
  return count > bound ? reason("destroy-bound", { count, bound }) : null;
}

function anyHealthyNode(world: World): string | null {
  return (
    world.nodeNames.find((name) => {
      const node = world.nodes.get(name);
      return node !== undefined && whyUnhealthy(node) === null;
    }) ?? null
  );
}
