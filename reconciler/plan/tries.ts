/** Which of the tries that are remembered still count: those made in the circumstances that still hold. */
import type { Desired, Vm } from "../model/desired.ts";
import type { Tries } from "../model/journal.ts";
import type { Observed } from "../model/observed.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** What tries are made under: the VM's document, and what the nodes are. */
export function circumstances(
  { nodes }: Desired,
  observed: Observed,
  vm: Vm | undefined,
): Pick<Tries, "intent" | "nodes"> {
  const each = [...nodes.values()].map(({ name, address, labels, state, maintenance }) => {
    const boot = observed.get(name)?.status?.session.bootId ?? null;
    return JSON.stringify([name, address, labels, state, maintenance.on, boot]);
  });
  return { intent: vm === undefined ? "" : JSON.stringify(vm), nodes: each.sort().join() };
}

/**
 * Another document of the VM wipes out all of them. A node that was edited or booted wipes out the failures of what
 * moves the VM, for its way may be free now; its crashes have nothing to do with that.
 */
export function triesThatCount(world: World, { tries }: VmFacts, vm: Vm | null): Tries | null {
  if (tries === null) return null;
  const { desired, observed } = world.input;
  const { intent, nodes } = circumstances(desired, observed, vm ?? undefined);
  if (tries.intent !== intent) return null;
  if (tries.failed === null || tries.nodes === nodes || !isMove(tries.failed.kind, vm)) return tries;
  return tries.crashes.length === 0 ? null : { ...tries, failed: null };
}

/** A VM that is wanted running is stopped only in order to leave. */
function isMove(kind: NonNullable<Tries["failed"]>["kind"], vm: Vm | null): boolean {
  return kind === "migrate" || (kind === "stop" && vm?.state === "running");
}
