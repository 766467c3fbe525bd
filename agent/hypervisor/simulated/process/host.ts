import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../../../reconciler/model/clock.ts";
import type { NodeName } from "../../../../reconciler/model/names.ts";
import type { GuestEvent } from "../guest-event.ts";
import { Habits } from "../habits.ts";
import { SimulatedMachine } from "../machine.ts";
import type { SimulatedHardware, SimulatedTimes } from "../settings.ts";
import { SimulatedHypervisor } from "../simulated-hypervisor.ts";
import { hostCalls } from "./calls.ts";
import { DirectoryVolumes } from "./directory-volumes.ts";
import { serve } from "./server.ts";
import { SocketPeers } from "./socket-peers.ts";
import { hostSocket } from "./sockets.ts";

export interface SimulatedHostOptions extends Partial<SimulatedHardware> {
  readonly node: NodeName;
  /** Holds the sockets of all hosts that can reach each other, and their volumes. */
  readonly directory: string;
  readonly clock: Clock;
  readonly times?: Partial<SimulatedTimes>;
  /** Called once agents can connect. */
  readonly onReady?: () => void;
  /** Called once agents can connect, and whenever the power goes off or on: what runs on the machine follows it. */
  readonly onPower?: (power: { readonly on: boolean; readonly bootId: string }) => void;
  /** Called when something befell a guest. */
  readonly onGuest?: (event: GuestEvent) => void;
}

/**
 * A simulated node's hardware and guests, in a process of their own: agents come and go, guests stay. Returns when
 * `signal` is aborted; the guests end with it, as in a power loss, and the volumes stay.
 *
 * @throws Error where a host of that name runs already in the directory.
 */
export async function runSimulatedHost(options: SimulatedHostOptions, signal: AbortSignal): Promise<void> {
  const { node, directory, clock, times, onReady, onPower, onGuest, ...hardware } = options;
  const habits = new Habits();
  const boots: string[] = [];
  const machine = new SimulatedMachine({
    node,
    clock,
    hardware,
    habits,
    ...(times === undefined ? {} : { times }),
    peers: new SocketPeers(directory, clock),
    volumes: new DirectoryVolumes(join(directory, "volumes")),
    bootId: (boot) => (boots[boot] ??= randomUUID()),
  });
  if (onGuest !== undefined) machine.onGuest(onGuest);
  const hypervisor = new SimulatedHypervisor(machine, clock);
  const path = hostSocket(directory, node);
  const calls = hostCalls(machine, hypervisor, habits);
  const onChange = (callback: () => void) => machine.onChange(callback);
  const tellPower = () => onPower?.({ on: machine.powered, bootId: machine.bootId });
  machine.onPower(tellPower);
  const onServing = () => {
    onReady?.();
    tellPower();
  };
  await serve({ path, clock, calls, onChange, onReady: onServing }, signal);
  machine.powerOff();
}
