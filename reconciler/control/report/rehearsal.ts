/** What would become of a node and its VMs if it were lost now, by the one planner. */
import type { NodeName, VmName } from "../../model/names.ts";
import { describeReason } from "../../model/reasons.ts";
import type { PlanInput } from "../../plan/input.ts";
import { isClusterMaintained, readNodes } from "../../plan/node-facts.ts";
import { whatIf } from "../../plan/what-if.ts";
import { isWorthFencing } from "../../plan/worth-fencing.ts";
import { isOnlyNode } from "../fence/survey.ts";

export interface Fates {
  /**
   * Why it would not be fenced, proof or not; null: neither maintenance speaks against it, nor that nothing would be won.
   * What else is lost or was fenced by then, and whether the store could spare it, is for the leader to see.
   */
  readonly leftAlone: string | null;
  /** VMs that would start elsewhere once it is proven dead, in their order. */
  readonly restarted: readonly { readonly vm: VmName; readonly to: NodeName; readonly why: string }[];
  /** VMs that would run nowhere. */
  readonly left: readonly { readonly vm: VmName; readonly why: string }[];
}

export function fatesOf(input: PlanInput, node: NodeName): Fates {
  const { moved, unplaced } = whatIf(input, { lost: new Set([node]), flushed: new Set(), added: [] });
  const restarted = moved
    .filter(({ from }) => from === node)
    .map(({ vm, to, why }) => ({ vm, to, why: describeReason(why) }));
  return {
    leftAlone: whyLeftAlone(input, node, restarted.length > 0),
    restarted,
    left: unplaced
      .filter(({ from }) => from === node)
      .map(({ vm, why }) => ({ vm, why: describeReason(why) })),
  };
}

function whyLeftAlone(input: PlanInput, node: NodeName, startsAny: boolean): string | null {
  const nodes = readNodes(input);
  if (isClusterMaintained(input) || nodes.get(node)?.isMaintained === true) return "maintenance is on";
  if (isOnlyNode([...nodes.values()])) return "it is the only node";
  return startsAny || isWorthFencing(input, node) ? null : "no VM of it could start elsewhere";
}
