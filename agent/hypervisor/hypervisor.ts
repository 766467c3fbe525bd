/**
 * The hypervisor port: what an agent needs of the machine's hypervisor. Two implementations pass one conformance suite
 * (`test/conformance/hypervisor.ts`): the simulated one and libvirt.
 *
 * Nothing here decides. A call acts once and answers, or fails with a `HypervisorError`; waiting, repeating and judging
 * is the agent's. A failed read is never an empty list.
 */
import type { Hardware, HardwareField } from "../../reconciler/model/hardware.ts";
import type { DomainDifference, EndCause, NodeStatus } from "../../reconciler/model/observed.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import type { DiskSpec, DomainSpec } from "../../reconciler/model/step.ts";

/** One of our domains, found by the metadata that it carries. */
export interface Domain {
  readonly vm: VmName;
  readonly uuid: string;
  readonly epoch: number;
  /** Of this run: a restart makes a new one. */
  readonly id: string;
  /** incoming: the paused copy of a migration that is under way or waits for its hand-over. */
  readonly state: "running" | "paused" | "incoming";
  readonly since: number;
  readonly live: Hardware;
  /** What was last set through this port. */
  readonly applied: Hardware;
  /** The model of its processor, or `host`; null: nobody tells. */
  readonly processor: string | null;
  /** In what it differs from what it was last given; that includes where `live` differs from `applied`. */
  readonly differences: readonly Difference[];
  /** A migration away from here. */
  readonly job: MigrationJob | null;
}

export interface Difference extends Omit<DomainDifference, "since" | "noticed"> {
  /** Epoch milliseconds at which the hypervisor told of it by itself; null: nobody heard that it did. */
  readonly heardAt: number | null;
}

export interface MigrationJob {
  readonly to: NodeName;
  readonly totalBytes: number;
  readonly remainingBytes: number;
}

/** How a domain that was here came to its end; kept until `forgetEnd`, at least for the machine's uptime. */
export interface DomainEnd {
  readonly vm: VmName;
  readonly epoch: number;
  readonly id: string;
  readonly cause: Exclude<EndCause, "stop" | "reboot"> | "cut";
  readonly at: number;
}

export interface Reading {
  readonly domains: readonly Domain[];
  readonly ended: readonly DomainEnd[];
  readonly unmanaged: readonly {
    readonly name: string;
    readonly memoryBytes: number;
    readonly running: boolean;
    readonly uuid?: string;
  }[];
}

export interface Machine {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly memoryFreeBytes: number;
  readonly load: number;
  /** Types of networks and pools that there is a driver for, and what its processor can be for a guest that moves here. */
  readonly supports: NodeStatus["supports"];
}

export interface Hypervisor {
  readonly driver: "simulated" | "libvirt";
  /** All domains at one moment. */
  read(signal: AbortSignal): Promise<Reading>;
  machine(signal: AbortSignal): Promise<Machine>;
  /** Makes and starts a transient domain that carries VM and epoch. Creates the volumes that say so. */
  start(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void>;
  /** Presses the power button once. The guest may take its time, or ignore it. */
  pressPower(vm: VmName, signal: AbortSignal): Promise<void>;
  /** Ends it at once. No domain of that name: done. */
  cut(vm: VmName, signal: AbortSignal): Promise<void>;
  /**
   * Changes the running domain, and what counts as `applied`, one field after the other. Volumes that say so are made.
   * Fails with `refused` where the guest does not let go of a device, or libvirt cannot do it while the guest runs.
   */
  change(vm: VmName, change: HardwareChange, signal: AbortSignal): Promise<void>;
  /**
   * The running domain of the spec's UUID, nobody's until now, carries VM, epoch and spec from now on, and no definition
   * of it is left that could be started by itself. Of the guest nothing changes.
   */
  adopt(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void>;
  /** The running domain carries another VM name from now on. */
  relabel(from: VmName, to: VmName, signal: AbortSignal): Promise<void>;
  /**
   * Begins a live migration to `target`: the copy is made there paused, carrying `epoch`. Answers once the job is
   * under way; its progress and end are read. At its end the domain is gone here (`ended`: migrated) and paused there.
   */
  migrate(vm: VmName, target: MigrationTarget, signal: AbortSignal): Promise<void>;
  /** Ends the job without effect, where it is not too late; read afterwards to know. No job: done. */
  abortMigration(vm: VmName, signal: AbortSignal): Promise<void>;
  /** Lets an incoming copy run. */
  resume(vm: VmName, signal: AbortSignal): Promise<void>;
  /** Removes a volume and its data. Not there: done. */
  removeVolume(disk: DiskSpec, signal: AbortSignal): Promise<void>;
  /** The end of this VM's run need not be remembered any more. */
  forgetEnd(vm: VmName, signal: AbortSignal): Promise<void>;
  /** Calls back whenever something changed ("look again"), until the returned function is called. */
  onChange(callback: () => void): () => void;
  close(): Promise<void>;
}

export interface HardwareChange {
  readonly hardware: Hardware;
  /** Of these alone. */
  readonly fields: readonly HardwareField[];
  /** What disks and network cards are to be; null: nobody said, and they cannot be changed. */
  readonly spec: DomainSpec | null;
}

export interface MigrationTarget {
  readonly node: NodeName;
  readonly address: string | null;
  readonly epoch: number;
  readonly maxDowntimeMs: number;
}

export type HypervisorErrorCode =
  /** No connection, no answer in time: nothing is known. */
  | "unreachable"
  /** There is no such domain here. */
  | "no-domain"
  /** There is one already. */
  | "exists"
  | "volume-missing"
  | "unsupported"
  /** The hypervisor said no; the message is its own. */
  | "refused";

export class HypervisorError extends Error {
  readonly code: HypervisorErrorCode;
  constructor(code: HypervisorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "HypervisorError";
    this.code = code;
  }
}
