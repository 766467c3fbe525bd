/** `renamedFrom:`: the VM keeps UUID, MACs, volumes and placement; a running guest does not notice. */
import { reason } from "../model/reasons.ts";
import { heldBack } from "./held-back.ts";
import { blocked, type Outcome } from "./outcome.ts";
import { whyNotReleased } from "./start.ts";
import { renameStep } from "./steps.ts";
import { selfOf } from "./lineage.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** null: it is not being renamed. */
export function decideRename(world: World, facts: VmFacts): Outcome | null {
  const former = selfOf(world.vms, facts);
  const vm = facts.document;
  if (former === null || vm === null) return null;
  if (former.document !== null) return blocked(reason("uuid-taken", { vm: facts.name, other: former.name }));
  const why = reason("renamed", { from: former.name });
  // From then on it has a record of its own, and is not renamed once more.
  const { placement, condition, revision } = former;
  const next = { ...facts, placement, condition, revision };
  if (former.released !== null)
    return blocked(
      reason("step-in-flight", { step: former.released.step.kind, node: former.released.step.node }),
    );
  switch (former.condition.is) {
    case "duplicate":
    case "unknown":
      return blocked(former.condition.why);
    case "off": {
      // Until a dead node is shut out of its images, they are known by its former name.
      const held = whyNotReleased(world, former);
      if (held !== null) return blocked(held);
      return {
        kind: "record",
        record: {
          vm: facts.name,
          placement: former.placement,
          consumes: [],
          replaces: former.name,
          reason: why,
        },
        next,
      };
    }
    case "running": {
      const held = heldBack(world, facts, vm, "rename");
      if (held !== null) return blocked(held.why, held.until);
      const planned = renameStep(facts, former, former.condition.node, why);
      return { kind: "step", planned, next };
    }
  }
}
