import type { ReleasedStep } from "../model/journal.ts";
import type { NodeName } from "../model/names.ts";
import { isFinal, nodesOf } from "../model/step.ts";
import type { NodeFacts } from "./node-facts.ts";

/** The nodes whose final word on the step is missing, and that say nothing now: nobody knows when it goes on. */
export function missedBy(
  { step, progress }: ReleasedStep,
  nodes: ReadonlyMap<NodeName, NodeFacts>,
): readonly NodeFacts[] {
  return nodesOf(step)
    .filter((name) => !isFinal(progress.get(name) ?? null))
    .map((name) => nodes.get(name))
    .filter((node) => node !== undefined)
    .filter(({ health }) => health !== "ok" && health !== "catching-up");
}
