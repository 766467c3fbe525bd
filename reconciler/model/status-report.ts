/** The cluster as a whole: counts, and what needs somebody's attention. */
import type { NodeName, VmName } from "./names.ts";
import type { Hold } from "./placement.ts";
import type {
  BlockedReport,
  ClusterReport,
  DriftReport,
  FlushReport,
  ReasonReport,
  SpareReport,
} from "./report.ts";
import type { NodeState, VmState } from "./states.ts";

/** `keel status -o json`. */
export interface StatusReport extends Pick<
  ClusterReport,
  | "cluster"
  | "generation"
  | "appliedAt"
  | "appliedBy"
  | "mode"
  | "maintenance"
  | "nodesInMaintenance"
  | "leader"
> {
  readonly formatVersion: 1;
  /** How many in each state that there is. */
  readonly nodes: Readonly<Partial<Record<NodeState, number>>>;
  readonly vms: Readonly<Partial<Record<VmState, number>>>;
  readonly flushes: readonly (FlushReport & { readonly node: NodeName })[];
  readonly held: readonly (Hold & { readonly vm: VmName; readonly reason: ReasonReport })[];
  readonly blocked: readonly BlockedReport[];
  /** What takes effect at the next restart. */
  readonly pending: readonly Pick<DriftReport, "object" | "text">[];
  /** How many things are otherwise than written, and not by somebody's wish; `keel drift` lists them. */
  readonly drift: number;
  /** Nodes without an agent, that are missed, or that were, with what keeps them so. */
  readonly nodesInTrouble: readonly {
    readonly node: NodeName;
    readonly state: NodeState;
    readonly reason: ReasonReport;
  }[];
  /** Nodes that were ever seen and that nothing but a person's word could prove dead: no power device of them counts. */
  readonly unprovable: readonly NodeName[];
  /** Whether any one node could be lost, once it is proven dead. */
  readonly spare: SpareReport;
}
