import type { Clock } from "../../../../reconciler/model/clock.ts";
import type { VmName } from "../../../../reconciler/model/names.ts";
import type { MigrationHabit } from "../habits.ts";
import { HostLink } from "./host-link.ts";
import type { GuestAct, HostIdentity } from "./protocol.ts";

/** What people, tests and a simulated BMC do to a simulated node. Fails with `HypervisorError`. */
export interface SimulatedControl {
  identity(signal?: AbortSignal): Promise<HostIdentity>;
  /** off: all guests die. on: a new boot. */
  power(to: "on" | "off", signal?: AbortSignal): Promise<void>;
  guest(vm: VmName, act: GuestAct, signal?: AbortSignal): Promise<void>;
  /** What becomes of the VM's migrations away from this node, from now on. */
  migration(vm: VmName, habit: MigrationHabit, signal?: AbortSignal): Promise<void>;
  close(): void;
}

export function controlSimulated(socketPath: string, clock: Clock): SimulatedControl {
  const link = new HostLink(socketPath, clock);
  const done = () => undefined;
  return {
    identity: (signal) => link.call("identity", {}, signal),
    power: (to, signal) => link.call("power", { to }, signal).then(done),
    guest: (vm, act, signal) => link.call("guest", { vm, act }, signal).then(done),
    migration: (vm, habit, signal) => link.call("migration", { vm, habit }, signal).then(done),
    close: () => link.close(),
  };
}
