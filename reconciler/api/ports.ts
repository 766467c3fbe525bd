/**
 * What the API asks for, and others do: looking at the cluster, and (through `Actions`) the commands of the same names.
 * The command line implements both with what its own commands are made of, so that there is one truth.
 */
import type { WhyReport } from "../control/why.ts";
import type { NodeName } from "../model/names.ts";
import type { MaintenanceRecord } from "../model/maintenance.ts";
import type { ClusterReport } from "../model/report.ts";
import type { StatusReport } from "../model/status-report.ts";
import type { VmState } from "../model/states.ts";

/** What `keel get … -o json` lists. */
export type Listed = "nodes" | "networks" | "pools" | "profiles" | "steps" | "requests" | "events";

export interface Item {
  readonly kind: string;
  readonly name: string;
}

/** As `keel vm list` takes it: VMs that fit everything that is said; `negate`: the others. */
export interface VmFilter {
  readonly node?: NodeName;
  readonly home?: NodeName;
  readonly state?: VmState;
  readonly tag?: string;
  /** May run on this node. */
  readonly limit?: NodeName;
  readonly negate?: boolean;
}

/** The cluster at one revision. */
export interface Look {
  readonly report: ClusterReport;
  /** The store's revision of what is in force; 0: nothing was ever applied. */
  readonly inForce: number;
  items(listed: Listed): readonly Item[];
  vms(filter: VmFilter): readonly Item[];
  why(kind: "VM" | "Node", name: string): WhyReport | null;
  status(): StatusReport;
  maintenance(): Pick<MaintenanceRecord, "cluster" | "nodes">;
}

export interface ClusterReads {
  /** @throws KeelError `store-unreachable` where nothing is known, or what is known is old */
  look(): Look;
  /** Every apply that is kept, oldest first. */
  history(): Promise<readonly Item[]>;
  /** Why nothing is known for certain; null: all is well. */
  problem(): string | null;
  /** Bytes that the store's files take; null: it does not tell. */
  storeBytes(): Promise<number | null>;
}
