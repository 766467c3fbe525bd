import type { LossReport, SpareReport } from "../../reconciler/model/report.ts";
import { count } from "./amounts.ts";

/** Whether any one node could be lost now, in one sentence. */
export function spareText({ ok, nodes, losses }: SpareReport): string {
  if (nodes === 0) return "no node has or takes VMs";
  if (ok) return "any one node could be lost: each of its VMs would find a place";
  const [worst] = losses.toSorted((a, b) => b.unplaced.length - a.unplaced.length);
  if (worst === undefined) return "";
  const left = `would leave ${count(worst.unplaced.length, "VM")} without a place`;
  const share = losses.length === nodes ? "no node" : `${String(losses.length)} of ${count(nodes, "node")}`;
  if (nodes === 1) return `${nodesOf(worst)} is the only node: its loss ${left}`;
  const which = losses.length === nodes ? "could be lost" : "could not be lost";
  const begin = losses.length === 1 ? `${nodesOf(worst)} could not be lost` : `${share} ${which}`;
  return losses.length === 1 ? `${begin}: that ${left}` : `${begin}: ${nodesOf(worst)} ${left}`;
}

/** `hv1, hv2`. */
export function nodesOf({ nodes }: LossReport): string {
  return nodes.join(", ");
}
