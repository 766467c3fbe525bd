/**
 * A step: the smallest thing that is done to a VM. It names everything (law 5): the agent checks, acts and verifies,
 * and chooses nothing. Only `reconciler/plan` builds steps; the leader releases them, agents claim them.
 */
import type { Displaced } from "./placement.ts";
import type { Hardware, HardwareField } from "./hardware.ts";
import type { NodeName, VmName } from "./names.ts";
import type { Reason } from "./reasons.ts";

/** All that a hypervisor needs to make a domain. UUID and MACs come from the VM's identity and never change. */
export interface DomainSpec {
  readonly vm: VmName;
  /** libvirt's name for it, where it differs from the VM's. */
  readonly domainName: string;
  readonly uuid: string;
  readonly hardware: Hardware;
  readonly disks: readonly DiskSpec[];
  readonly nics: readonly NicSpec[];
  /** A whole libvirt domain XML (the escape hatch), or null. */
  readonly xml: string | null;
}

export type DiskSpec =
  | {
      readonly source: "volume";
      readonly name: string;
      readonly pool: { readonly name: string; readonly type: "dir" | "rbd"; readonly path: string | null };
      readonly volume: string;
      readonly sizeBytes: number | null;
      /** Made at the VM's birth, once; false = it must be there. */
      readonly create: boolean;
      readonly slot?: Slot;
    }
  | { readonly source: "file"; readonly name: string; readonly path: string; readonly slot?: Slot };

/**
 * Where in the guest a device is plugged in, from 0, disks and network cards each counted alone. Kept in the VM's
 * identity, so that no edit moves another device. Leaders of before do not tell: then its place in the list.
 */
type Slot = number;

export interface NicSpec {
  readonly name: string;
  readonly mac: string;
  readonly network: {
    readonly name: string;
    readonly type: string;
    readonly bridge: string | null;
    readonly vlan: number | null;
  };
  readonly slot?: Slot;
}

interface StepBase {
  /** Unique while it lives: the VM and the revision of the placement that it was planned on. */
  readonly id: string;
  readonly vm: VmName;
  /** Where it is carried out; a migration's source. */
  readonly node: NodeName;
  /** The placement's epoch once the step is released; a claim compares it. */
  readonly epoch: number;
  readonly reason: Reason;
}

export type Step = StepBase &
  (
    | { readonly kind: "start"; readonly spec: DomainSpec }
    | {
        readonly kind: "stop";
        /** graceful: ACPI, pressed again while waiting, then `then`. cut: at once. */
        readonly method: "graceful" | "cut";
        readonly timeoutMs: number;
        readonly then: "poweroff" | "leave";
        /** Where it is the first half of a move: why the VM will be away from home. null: it is to stay off. */
        readonly displaced: Displaced | null;
        /** Only a copy of this epoch is meant, that is still paused for its hand-over; left out: what the VM's epoch says. */
        readonly copy?: number;
        /** The name that its domain carries, where that is not the VM's: it was renamed while nobody could reach it. */
        readonly domain?: VmName;
      }
    /** Graceful, cut at the time-out, then started with the new epoch; done when the domain's id is a new one. */
    | { readonly kind: "restart"; readonly spec: DomainSpec; readonly timeoutMs: number }
    /** Live changes of a running domain. */
    | {
        readonly kind: "update";
        readonly hardware: Hardware;
        readonly fields: readonly HardwareField[];
        /** What disks and network cards are to be. Leaders of before do not tell, and change neither. */
        readonly spec?: DomainSpec;
      }
    /**
     * Live migration, stored for both nodes: `node` sends, `to` receives. `epoch` is the source's; the copy is made
     * paused, with `toEpoch`, and resumed by the target once the source reports it gone.
     */
    | {
        readonly kind: "migrate";
        readonly to: NodeName;
        readonly toEpoch: number;
        readonly spec: DomainSpec;
        readonly maxDowntimeMs: number;
      }
    /** Removes what is left of an absent VM: the named disks. The domain must be gone. */
    | { readonly kind: "destroy"; readonly disks: readonly DiskSpec[] }
    /** The running domain carries the VM's new name from now on. */
    | { readonly kind: "rename"; readonly from: VmName }
    /** The domain of the spec's UUID, which runs there and was nobody's, is this VM from now on. */
    | { readonly kind: "adopt"; readonly spec: DomainSpec }
  );

export type StepKind = Step["kind"];
export type StepOf<K extends StepKind> = Extract<Step, { readonly kind: K }>;

/** The nodes that take part in a step, the acting one first. */
export function nodesOf(step: Step): readonly NodeName[] {
  return step.kind === "migrate" ? [step.node, step.to] : [step.node];
}

/** `start web1 on hv2`: one line, for people. */
export function describeStep(step: Step): string {
  switch (step.kind) {
    case "start":
      return `start ${step.vm} on ${step.node}`;
    case "stop":
      return `${step.method === "cut" ? "power off" : "shut down"} ${step.vm} on ${step.node}`;
    case "restart":
      return `restart ${step.vm} on ${step.node}`;
    case "update":
      return `change ${step.fields.join(", ")} of ${step.vm} on ${step.node}`;
    case "migrate":
      return `migrate ${step.vm} from ${step.node} to ${step.to}`;
    case "destroy":
      return `destroy ${step.vm}`;
    case "adopt":
      return `adopt ${step.vm} on ${step.node}`;
    case "rename":
      return `rename ${step.from} to ${step.vm} on ${step.node}`;
  }
}

/** Why a step ended without its post-condition; permanent names. */
export type StepFailure =
  /** The precondition did not hold: planned anew. */
  | "precondition"
  | "hypervisor-error"
  | "timed-out"
  /** The guest ignored the shutdown and `then: leave` applies. */
  | "shutdown-timed-out"
  /** The domain still runs at the source, with no job: nothing moved. */
  | "migration-kept"
  /** The source ended otherwise than by migration: the copy was cut. */
  | "source-ended"
  | "volume-missing"
  | "unsupported";

/** What an agent tells of a step: `progress/<node>/<id>`. Times are epoch milliseconds of the agent. */
export type Progress =
  | {
      readonly phase: "claimed";
      readonly at: number;
      readonly claimedUptimeMs: number;
      /** Agents of before do not tell. */
      readonly claimedBootId?: string;
    }
  | {
      readonly phase: "running";
      readonly at: number;
      readonly since: number;
      readonly claimedUptimeMs: number;
      readonly claimedBootId?: string;
      /** 0 to 100, or null where nothing can be counted. */
      readonly percent: number | null;
      /** "412 of 2048 MiB", "waiting for the guest": one short phrase. */
      readonly detail: string | null;
    }
  | { readonly phase: "done"; readonly at: number; readonly detail: string | null }
  | { readonly phase: "failed"; readonly at: number; readonly failure: StepFailure; readonly detail: string }
  | { readonly phase: "cancelled"; readonly at: number };

export type Claimed = Extract<Progress, { readonly phase: "claimed" | "running" }>;

type FinalProgress = Exclude<Progress, Claimed>;

/** done, failed or cancelled: the agent has let go of it. */
export function isFinal(progress: Progress | null): progress is FinalProgress {
  return progress !== null && progress.phase !== "claimed" && progress.phase !== "running";
}
