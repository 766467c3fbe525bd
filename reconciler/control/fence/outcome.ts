/** What became of the VMs of a dead node, once its recovery is over. */
import type { VmName } from "../../model/names.ts";
import type { VmView } from "../../model/plan.ts";
import type { VmState } from "../../model/states.ts";

/** As much of a VM as people are told then. */
export type Outcome = Pick<VmView, "name" | "state" | "node">;

const namedMax = 8;

/** `web on hv2, db on hv3; held: shop`: where they run, then those that do not, by their state. */
export function outcomeInWords(vms: readonly Outcome[]): string {
  const placed: string[] = [];
  const others = new Map<VmState, VmName[]>();
  for (const { name, state, node } of vms) {
    const isThere = state === "running" || state === "starting" || state === "migrating";
    if (isThere && node !== null) placed.push(`${name} on ${node}`);
    else others.set(state, [...(others.get(state) ?? []), name]);
  }
  const groups = [...others].map(([state, names]) => `${state}: ${named(names)}`);
  const all = placed.length === 0 ? groups : [named(placed), ...groups];
  return all.length === 0 ? "it had no VMs" : all.join("; ");
}

function named(names: readonly string[]): string {
  const more = names.length - namedMax;
  return names.slice(0, namedMax).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
