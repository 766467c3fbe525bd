/** A scenario: a cluster, what befalls it, and what should come out. Times are milliseconds since its beginning. */
import type { SimulatedTimes } from "../../agent/hypervisor/simulated/settings.ts";
import type { Edits } from "../../reconciler/desired/edit/merge-patch.ts";
import type { NodeName, ObjectId, VmName } from "../../reconciler/model/names.ts";
import type { Request } from "../../reconciler/model/journal.ts";
import type { ClockHabit } from "../node-clock.ts";
import type { BmcHabit } from "../simulated-bmc.ts";

export interface Scenario {
  readonly objects: ReadonlyMap<ObjectId, unknown>;
  readonly hardware: HardwareTable;
  /** What runs where when it begins. */
  readonly start: ReadonlyMap<VmName, NodeName>;
  readonly seed: number;
  /** In the order of their times; of equal time, as written. */
  readonly events: readonly ScenarioEvent[];
  readonly until: "settled" | number;
  /** How long "settled" may take. */
  readonly limit: number;
  readonly expect: Expectations;
}

export interface NodeHardware {
  readonly memoryBytes: number;
  readonly cpus: number;
  readonly load: number;
  /** From switched on to its daemons running. */
  readonly bootMs: number;
  readonly times: SimulatedTimes;
  /** How long its BMC takes for a command. */
  readonly bmcMs: number;
  /** How long a message to or from it is under way. */
  readonly messageMs: number;
}

export interface HardwareTable {
  readonly standard: NodeHardware;
  readonly nodes: ReadonlyMap<NodeName, NodeHardware>;
}

/** kill: stays dead until started. pause: stopped where it is, as by SIGSTOP. */
export const partCommands = ["kill", "start", "pause", "resume"] as const;
export const guestCommands = ["crash", "poweroff", "ignore-acpi", "obey-acpi"] as const;
/** To the reconciler that leads; resume-leader: to each that was paused. The clock is that of its machine. */
export const leaderCommands = [
  "kill-leader",
  "pause-leader",
  "resume-leader",
  "clock-ahead",
  "clock-behind",
  "clock-right",
] as const;
export const migrationHabits = ["fail", "hang", "ok"] as const;

export type PartCommand = (typeof partCommands)[number];
export type GuestCommand = (typeof guestCommands)[number];
export type LeaderCommand = (typeof leaderCommands)[number];
export type MigrationHabit = (typeof migrationHabits)[number];

/** What a request of a scenario names. */
export type RequestKind = Extract<Request["kind"], "release" | "restart" | "retry" | "acknowledge">;

export type ScenarioAction =
  | { readonly kind: "edit"; readonly edits: Edits }
  | { readonly kind: "approve"; readonly vm: VmName; readonly disks: readonly string[] }
  | { readonly kind: "power"; readonly node: NodeName; readonly on: boolean }
  | { readonly kind: "network"; readonly node: NodeName; readonly up: boolean }
  | {
      readonly kind: "part";
      readonly part: "agent" | "heartbeat";
      readonly node: NodeName;
      readonly command: PartCommand;
    }
  | { readonly kind: "bmc"; readonly node: NodeName; readonly habit: BmcHabit }
  | { readonly kind: "clock"; readonly node: NodeName; readonly habit: ClockHabit }
  | { readonly kind: "guest"; readonly vm: VmName; readonly command: GuestCommand }
  | { readonly kind: "migration"; readonly vm: VmName; readonly habit: MigrationHabit }
  | { readonly kind: "confirm-dead"; readonly node: NodeName }
  | { readonly kind: "request"; readonly request: RequestKind; readonly name: string }
  | { readonly kind: "reconciler"; readonly command: LeaderCommand }
  /** As `keel maintenance on --override`; null: it is withdrawn. */
  | { readonly kind: "override"; readonly node: NodeName | null; readonly forMs: number | null }
  | { readonly kind: "store"; readonly up: boolean };

export type ScenarioEvent = { readonly at: number } & ScenarioAction;

/** As written: maps are compared by what they name, scalars and lists are equal. */
export interface Expectations {
  readonly vms: Readonly<Record<string, unknown>>;
  readonly nodes: Readonly<Record<string, unknown>>;
}
