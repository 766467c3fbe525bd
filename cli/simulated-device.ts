import { controlSimulated } from "../agent/hypervisor/simulated/process/control.ts";
import { hostSocket } from "../agent/hypervisor/simulated/process/sockets.ts";
import {
  type FenceDevice,
  fenceCommandMs,
  type PowerReading,
} from "../reconciler/control/fence/fence-device.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import { asError } from "../reconciler/model/thrown.ts";

/** The power switch of a node that `keel up` simulates: its host's own socket. `directory`: where the sockets are. */
export function simulatedDevice(node: NodeName, directory: string, clock: Clock): FenceDevice {
  const ask = async <T>(
    work: (control: ReturnType<typeof controlSimulated>, signal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T | Error> => {
    signal.throwIfAborted();
    const late = new AbortController();
    const stop = clock.timer(fenceCommandMs, () => late.abort());
    const control = controlSimulated(hostSocket(directory, node), clock);
    try {
      return await work(control, AbortSignal.any([signal, late.signal]));
    } catch (error) {
      signal.throwIfAborted();
      return asError(error);
    } finally {
      stop();
      control.close();
    }
  };
  return {
    name: `simulated ${node}`,
    read: async (signal): Promise<PowerReading> => {
      const identity = await ask((control, until) => control.identity(until), signal);
      if (identity instanceof Error) return { power: "unknown", why: identity.message };
      return { power: identity.powered ? "on" : "off" };
    },
    command: async (power, signal) => {
      const done = await ask((control, until) => control.power(power, until), signal);
      return done instanceof Error ? done.message : null;
    },
    uuid: async () => null,
  };
}
