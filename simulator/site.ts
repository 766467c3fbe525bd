/** A machine with what stands around it: its power controller, its clock, its cable. */
import type { SimulatedMachine } from "../agent/hypervisor/simulated/machine.ts";
import type { SimulatedNetwork } from "../agent/hypervisor/simulated/network.ts";
import type { SimulatedHardware, SimulatedTimes } from "../agent/hypervisor/simulated/settings.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import { NodeClock } from "./node-clock.ts";
import { type BmcUse, type PowerSwitch, SimulatedBmc } from "./simulated-bmc.ts";

/** What a machine is, where it is not as all are. */
export interface MachineMake {
  readonly hardware?: Partial<SimulatedHardware>;
  readonly times?: Partial<SimulatedTimes>;
  /** From switched on to its daemons running; a minute where left out. */
  readonly bootMs?: number;
  /** How long its power controller takes for a command; a second where left out. */
  readonly bmcMs?: number;
  /** How long a message between it and the store is under way; as in the rest of the world where left out. */
  readonly messageMs?: number;
}

export interface Site {
  readonly machine: SimulatedMachine;
  readonly bmc: SimulatedBmc;
  readonly clock: NodeClock;
  readonly messageMs: number;
}

/** What all machines share. */
export interface World {
  readonly clock: Clock;
  readonly network: SimulatedNetwork;
  readonly power: PowerSwitch;
  readonly onBmc: (use: BmcUse) => void;
  readonly messageMs: number;
}

export function makeSite(node: NodeName, made: MachineMake, world: World): Site {
  const { hardware, times, bmcMs = 1_000, messageMs = world.messageMs } = made;
  const { clock, power, onBmc } = world;
  return {
    machine: world.network.add({ node, clock, ...(hardware && { hardware }), ...(times && { times }) }),
    bmc: new SimulatedBmc({ node, clock, power, commandMs: bmcMs, onUse: onBmc }),
    clock: new NodeClock(clock),
    messageMs,
  };
}
