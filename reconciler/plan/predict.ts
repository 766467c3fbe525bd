import type { Step } from "../model/step.ts";
import { unreachable } from "../model/unreachable.ts";
import { off } from "./outcome.ts";
import type { VmFacts } from "./vm-facts.ts";

/** The VM once its released step has ended as hoped; cancelled: as if it had never been released. */
export function predictReleased(facts: VmFacts, step: Step, cancelled: boolean): VmFacts {
  const free = { ...facts, released: null };
  if (cancelled) return { ...free, placement: { ...free.placement, moving: null } };
  switch (step.kind) {
    case "start":
    case "restart":
      return { ...free, condition: { is: "running", node: step.node, domain: null } };
    case "update":
    case "rename":
    case "adopt":
      return { ...free, condition: { is: "running", node: step.node, domain: null } };
    case "stop":
      return off(free, step.displaced);
    case "migrate": {
      const displaced = free.placement.moving?.displaced ?? null;
      const placement = { ...free.placement, node: step.to, epoch: step.toEpoch, moving: null, displaced };
      return { ...free, placement, condition: { is: "running", node: step.to, domain: null } };
    }
    case "destroy":
      return { ...free, document: null };
    default:
      return unreachable(step);
  }
}
