/** What a simulation came to: the JSON of `keel simulate -o json`. Times are seconds since its beginning. */
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import type { Displaced } from "../../reconciler/model/placement.ts";
import type { ClusterReport, ReasonReport } from "../../reconciler/model/report.ts";
import type { NodeState, VmState } from "../../reconciler/model/states.ts";
import type { LogEntry, Violation } from "./log.ts";

export interface FinalVm {
  readonly state: VmState;
  readonly node: NodeName | null;
  readonly home: NodeName | null;
  readonly displaced: Displaced | null;
  readonly held: { readonly by: "flush" | "fence"; readonly node: NodeName; readonly since: number } | null;
  readonly reason: ReasonReport;
}

export interface FinalNode {
  readonly state: NodeState;
  readonly reason: ReasonReport;
  readonly alive: boolean;
  readonly fenced: boolean;
  /** What is really active there, by name; a paused incoming copy is not. */
  readonly vms: readonly VmName[];
}

export interface Final {
  readonly vms: Readonly<Record<VmName, FinalVm>>;
  readonly nodes: Readonly<Record<NodeName, FinalNode>>;
}

export interface Outcome {
  /** No violation, nothing unmet. */
  readonly ok: boolean;
  readonly seed: number;
  /** Null: it was not settled at its end. */
  readonly settledAt: number | null;
  readonly final: Final;
  readonly log: readonly LogEntry[];
  readonly violations: readonly Violation[];
  /** What was expected and is not so, a sentence each. */
  readonly unmet: readonly string[];
}

export function finalOf(
  report: ClusterReport,
  active: (node: NodeName) => readonly VmName[],
  secondsOf: (epochMs: number) => number,
): Final {
  const vms = report.vms.map(({ name, state, node, home, displaced, held, reason }): [VmName, FinalVm] => {
    const since = held === null ? null : { ...held, since: secondsOf(held.since) };
    return [name, { state, node, home, displaced, held: since, reason }];
  });
  const nodes = report.nodes.map(({ name, state, reason, alive, fenced }): [NodeName, FinalNode] => [
    name,
    { state, reason, alive, fenced, vms: [...active(name)].sort() },
  ]);
  return { vms: Object.fromEntries(vms), nodes: Object.fromEntries(nodes) };
}
