/** What is seen, and by whom. Written by heartbeats and agents; nothing here is a decision. */
import type { Hardware, HardwareField } from "./hardware.ts";
import type { NodeName, VmName } from "./names.ts";

/** `node/<n>/alive`, written by the heartbeat under its lease: while the key is there, the node lives. */
export interface Alive {
  /** Hash of /etc/machine-id and the DMI system UUID. */
  readonly machineId: string;
  /** The kernel's boot id: another one proves that everything from before is dead. */
  readonly bootId: string;
  readonly address: string | null;
  /** The mainboard's, by which its power device is told from others; null: it has none. Earlier heartbeats do not tell. */
  readonly systemUuid?: string | null;
}

/**
 * `node/<n>/seen`: who lived last under this name, left behind when `alive` ends. Written together with each new
 * `alive`; and, while a round of fencing keeps `alive` from being made, in its place.
 */
export interface Seen {
  readonly machineId: string;
  readonly bootId: string;
  /** false: it would live if it were let. */
  readonly alive: boolean;
  /** Where its heartbeat answers a leader that does not see it any more. Earlier heartbeats do not tell. */
  readonly answersAt?: DirectPlace;
  /** Of the machine's network: by them it is known which member of the store runs there. Earlier ones do not tell. */
  readonly addresses?: readonly string[];
}

export interface DirectPlace {
  /** Null: at the address of its node's document. */
  readonly address: string | null;
  readonly port: number;
  /** With which questions and answers are signed; another one in each boot of the machine. */
  readonly key: string;
}

/** `node/<n>/agent`, under the agent's own lease: its end is agent-down, never suspect. */
export interface AgentPresence {
  readonly version: string;
  readonly protocol: number;
  readonly driver: "simulated" | "libvirt";
  readonly startedAt: number;
}

/** Which life of a node something was seen in: its heartbeat's lease and its boot. */
export interface Session {
  readonly lease: string;
  readonly bootId: string;
}

/** `node/<n>/status`. Absence of a domain is believed only where `seen` has reached the placement's revision. */
export interface NodeStatus {
  readonly session: Session;
  /** Epoch milliseconds at which the hypervisor was read. */
  readonly readAt: number;
  /** Every placement up to this revision was known to the agent before it read the hypervisor. */
  readonly seen: number;
  readonly memoryBytes: number;
  readonly cpus: number;
  /** As the operating system reports it. */
  readonly memoryFreeBytes: number;
  /** 1-minute load average. */
  readonly load: number;
  /**
   * The revision of the store's record (0: none) that the agent knew before it read the hypervisor, and the highest
   * epoch that it ever saw; what a restore is accepted by. Agents of before do not tell.
   */
  readonly store?: { readonly record: number; readonly epochSeen: number };
  readonly supports: {
    readonly networks: readonly string[];
    readonly pools: readonly string[];
    /** Names of its bridges. Agents of before, and simulated ones, do not tell. */
    readonly bridges?: readonly string[];
    /** What guests that move here may have been started with. Agents of before, and simulated ones, do not tell. */
    readonly processors?: Processors;
  };
  /** The hypervisor does not answer any more: all else was true before that. Agents of before do not tell. */
  readonly unreadable?: Unreadable;
  /** Domains that are not ours: listed, never touched; their memory counts. */
  readonly unmanaged: readonly {
    readonly name: string;
    readonly memoryBytes: number;
    readonly running: boolean;
    /** By which a document's VM is known to be it. Agents of before do not tell. */
    readonly uuid?: string;
  }[];
}

export interface Unreadable {
  /** Epoch milliseconds of the first reading that failed. */
  readonly since: number;
  readonly why: string;
  /** Of the kernel that it is told of. Agents of before do not tell. */
  readonly bootId?: string;
}

export interface Processors {
  /** Models that this node can show whole. */
  readonly models: readonly string[];
  /** Its own one: a guest that was given all of it runs only where it is the same. */
  readonly host: string;
}

/** Of a guest that was given all that its host's processor has. */
export const hostProcessor = "host";

/** One thing in which a running domain differs from what it was last given. */
export interface DomainDifference {
  /** In the hypervisor's own terms: `disk[sda]/driver@cache`. */
  readonly path: string;
  /** The field in which `live` and `applied` differ as well; null: only this tells. */
  readonly field: HardwareField | null;
  /** null: it should not be there. */
  readonly wanted: string | null;
  /** null: it is not there. */
  readonly live: string | null;
  /**
   * live: can be set right while the guest runs. next-restart: as wanted from the next start on. restart: the guest has
   * less than it was promised until then.
   */
  readonly takes: "live" | "next-restart" | "restart";
  /** hand: somebody changed it. settings: nobody did; the node's agent would make it otherwise today. */
  readonly by: "hand" | "settings";
  /** Epoch milliseconds. */
  readonly since: number;
  /** event: the hypervisor told of it as it happened. reading: it was found then, and may have come about before. */
  readonly noticed: "event" | "reading";
}

/**
 * How a domain came to its end. stop: by one of our steps. reboot: with its node, which runs under another boot id now.
 * unknown: nobody saw it, counts as a crash.
 */
export type EndCause = "stop" | "guest" | "crash" | "migrated" | "reboot" | "unknown";

/** `node/<n>/vm/<vm>`: one managed domain, or how it ended. The record goes when the VM's placement leaves the node. */
export type ObservedDomain = {
  readonly vm: VmName;
  readonly epoch: number;
  readonly session: Session;
  readonly readAt: number;
} & (
  | {
      /** incoming: a copy that is still paused for its hand-over. paused: by hand or by an I/O error. */
      readonly state: "running" | "paused" | "incoming";
      /** The hypervisor's id of this run: a restart makes a new one. */
      readonly domainId: string;
      /** By which it is known whose it is, also where its VM was renamed meanwhile. Agents of before do not tell. */
      readonly uuid?: string;
      readonly since: number;
      /** Its power button was pressed in a shutdown: where it goes down by itself, that is why. */
      readonly asked?: true;
      readonly live: Hardware;
      /** What Evenkeel last set: `live` differing from it was changed by hand. */
      readonly applied: Hardware;
      /** The model that it was started with, or `host`. Agents of before, and simulated ones, do not tell. */
      readonly processor?: string;
      /** At most 32 differences, and how many there are besides. Agents of before do not tell. */
      readonly changed?: { readonly differences: readonly DomainDifference[]; readonly omitted: number };
    }
  | {
      readonly state: "off";
      readonly cause: EndCause;
      readonly at: number;
      /** Of an unknown cause: somebody cut it outside keel, as the hypervisor told. */
      readonly byHand?: true;
    }
);

export interface ObservedNode {
  readonly name: NodeName;
  /** null: no lease. */
  readonly alive: (Alive & { readonly lease: string }) | null;
  /** With the revision that wrote it; null: never, or by a heartbeat of before. */
  readonly seen: (Seen & { readonly revision: number }) | null;
  readonly agent: AgentPresence | null;
  /** The last one written, of whatever session; null: never. */
  readonly status: NodeStatus | null;
  readonly domains: ReadonlyMap<VmName, ObservedDomain>;
}

export type Observed = ReadonlyMap<NodeName, ObservedNode>;
