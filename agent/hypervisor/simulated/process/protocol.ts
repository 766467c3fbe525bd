/**
 * What is said over a simulated host's socket: one JSON record a line, in `reconciler/store/codec`'s format. Agents ask
 * for the hypervisor port, other hosts for the receiving side of a migration, people and tests for mishaps.
 */
import type { NodeName, VmName } from "../../../../reconciler/model/names.ts";
import type { DiskSpec, DomainSpec } from "../../../../reconciler/model/step.ts";
import type {
  HardwareChange,
  HypervisorErrorCode,
  Machine,
  MigrationTarget,
  Reading,
} from "../../hypervisor.ts";
import type { MigrationHabit } from "../habits.ts";
import type { IncomingCopy } from "../peers.ts";

type Nothing = Readonly<Record<string, never>>;
interface Call<Arguments, Result> {
  readonly takes: Readonly<Arguments>;
  readonly gives: Result;
}

export type GuestAct = "crash" | "poweroff" | "ignore-acpi" | "obey-acpi";

export interface HostIdentity {
  readonly node: NodeName;
  /** Another one after each power loss. */
  readonly bootId: string;
  readonly powered: boolean;
}

export interface Protocol {
  "read": Call<Nothing, Reading>;
  "machine": Call<Nothing, Machine>;
  "start": Call<{ spec: DomainSpec; epoch: number }, Nothing>;
  "press-power": Call<{ vm: VmName }, Nothing>;
  "cut": Call<{ vm: VmName }, Nothing>;
  "change": Call<{ vm: VmName; change: HardwareChange }, Nothing>;
  "adopt": Call<{ spec: DomainSpec; epoch: number }, Nothing>;
  "relabel": Call<{ from: VmName; to: VmName }, Nothing>;
  "migrate": Call<{ vm: VmName; target: MigrationTarget }, Nothing>;
  "abort-migration": Call<{ vm: VmName }, Nothing>;
  "resume": Call<{ vm: VmName }, Nothing>;
  "remove-volume": Call<{ disk: DiskSpec }, Nothing>;
  "forget-end": Call<{ vm: VmName }, Nothing>;

  "receive": Call<{ copy: IncomingCopy }, Nothing>;
  "hand-over": Call<{ vm: VmName; epoch: number }, Nothing>;
  "drop": Call<{ vm: VmName; epoch: number }, Nothing>;

  "identity": Call<Nothing, HostIdentity>;
  "power": Call<{ to: "on" | "off" }, Nothing>;
  "guest": Call<{ vm: VmName; act: GuestAct }, Nothing>;
  "migration": Call<{ vm: VmName; habit: MigrationHabit }, Nothing>;
}

export type CallName = keyof Protocol;
export type Takes<K extends CallName> = Protocol[K]["takes"];
export type Gives<K extends CallName> = Protocol[K]["gives"];

export interface Request<K extends CallName = CallName> {
  readonly id: number;
  readonly call: K;
  readonly takes: Takes<K>;
}

export type Reply<K extends CallName> =
  | { readonly id: number; readonly gives: Gives<K> }
  | { readonly id: number; readonly error: { readonly code: HypervisorErrorCode; readonly message: string } };

/** Sent to every connection when something changed: look again. */
export interface Notice {
  readonly id: null;
  readonly notice: "changed";
}

/** How each call is carried out. */
export type Calls = { readonly [K in CallName]: (takes: Takes<K>, signal: AbortSignal) => Promise<Gives<K>> };

/** A longer message ends the connection: 4 Mi characters are ten thousand domains. */
export const messageLimit = 4 * 2 ** 20;
