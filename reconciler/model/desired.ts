/**
 * The desired state as the planner reads it: profiles merged, defaults filled in, sizes in bytes, durations in
 * milliseconds. How administrators write it, and how one becomes the other, is `reconciler/desired`.
 */
import type { NodeName, ObjectId, VmName } from "./names.ts";

export const selectors = ["mem", "memprov", "vcpus", "load", "vms"] as const;
/** How a node is chosen for a VM that has no usable fixed place. */
export type Selector = (typeof selectors)[number];

export type Priority = "high" | "normal" | "low";

/** `true` without reason or end is legal and warned about. `until` is epoch milliseconds. */
export interface Maintenance {
  readonly on: boolean;
  readonly reason: string | null;
  readonly until: number | null;
}

export interface Cluster {
  readonly name: string;
  readonly maintenance: Maintenance;
  readonly selector: Selector;
  readonly fencing: {
    readonly leaseMs: number;
    readonly graceMs: number;
    readonly methods: readonly "bmc"[];
    readonly powerOn: boolean;
    readonly return: { readonly mode: "manual" } | { readonly mode: "auto"; readonly afterMs: number };
  };
  readonly reconcile: { readonly mode: "plan" | "safe" };
  readonly bounds: {
    readonly destroy: number;
    readonly migrations: number;
    readonly migrationsPerNode: number;
  };
  readonly reserve: { readonly memory: Reserve };
}

/** Memory kept free on every node: a part of its total (0.05 = 5 %), or bytes. */
export type Reserve =
  { readonly kind: "ratio"; readonly ratio: number } | { readonly kind: "bytes"; readonly bytes: number };

/** Where a secret is found; never its value. */
export type SecretReference =
  | { readonly from: "file"; readonly path: string }
  | { readonly from: "credential"; readonly name: string }
  | { readonly from: "env"; readonly name: string };

export interface Bmc {
  readonly agent: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly user: string | null;
  readonly password: SecretReference | null;
  /** Further parameters of the agent, as it takes them: a boolean is 1 or 0. */
  readonly options: Readonly<Record<string, string>>;
}

export interface Node {
  readonly name: NodeName;
  readonly address: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: "ready" | "cordoned" | "flushed";
  readonly maintenance: Maintenance;
  /** All of them must be off before the node counts as off. */
  readonly bmc: readonly Bmc[];
}

export type Disk = {
  readonly name: string;
  /** Said to be used by several VMs on purpose. */
  readonly shared: boolean;
} & (
  | {
      readonly source: "volume";
      readonly pool: string;
      readonly volume: string;
      /** The document does not name the volume: it got its name at the VM's birth, and keeps it. */
      readonly implied: boolean;
      readonly sizeBytes: number | null;
    }
  | { readonly source: "file"; readonly path: string }
);

export interface Nic {
  readonly name: string;
  readonly network: string;
  /** null: generated once and kept in the VM's identity. */
  readonly mac: string | null;
}

export interface Vm {
  readonly name: VmName;
  readonly renamedFrom: VmName | null;
  readonly state: "running" | "stopped" | "poweroff" | "disabled" | "absent";
  /** The home that was asked for; null: the selector's choice at first start, then kept in the placement. */
  readonly node: NodeName | null;
  readonly migrate: NodeName | null;
  /** Where it may run; null = anywhere. Never empty. */
  readonly limits: readonly NodeName[] | null;
  /** null = the cluster's. */
  readonly selector: Selector | null;
  readonly apart: readonly string[];
  readonly autorestart: boolean;
  readonly migration: { readonly method: "auto" | "live" | "shutdown"; readonly maxDowntimeMs: number };
  readonly shutdown: { readonly timeoutMs: number; readonly then: "poweroff" | "leave" };
  readonly restart: {
    readonly policy: "on-failure" | "never";
    readonly max: number;
    readonly windowMs: number;
    readonly backoffMs: number;
  };
  readonly priority: Priority;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly disks: readonly Disk[];
  readonly nics: readonly Nic[];
  readonly tags: readonly string[];
  readonly protect: boolean;
  /** `xml`: the XML itself, whether it was written into the document or into a file that the document names. */
  readonly domain: { readonly xml: string | null; readonly name: string | null };
}

export interface Network {
  readonly name: string;
  readonly type: "bridge" | "vlan" | "vxlan" | "nat" | "isolated";
  readonly bridge: string | null;
  readonly vlan: number | null;
}

export interface StoragePool {
  readonly name: string;
  readonly type: "dir" | "rbd";
  readonly path: string | null;
  /** The same data on every node. rbd always is. */
  readonly shared: boolean;
}

/** Where a document starts; `file` is relative to the folder, lines count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
}

export interface Desired {
  readonly cluster: Cluster;
  readonly nodes: ReadonlyMap<NodeName, Node>;
  readonly vms: ReadonlyMap<VmName, Vm>;
  readonly networks: ReadonlyMap<string, Network>;
  /** Holds `default` (dir, local) also where nobody defines it. */
  readonly pools: ReadonlyMap<string, StoragePool>;
  readonly sources: ReadonlyMap<ObjectId, SourcePosition>;
}
