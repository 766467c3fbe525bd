import type { Machine, Reading } from "../hypervisor.ts";

/** How long things take. */
export interface SimulatedTimes {
  /** From a domain's making until its guest has booted; before that it does not hear its power button. */
  readonly startMs: number;
  /** From the power button until a guest that obeys it is off. */
  readonly shutdownMs: number;
  readonly migrationBytesPerSecond: number;
}

export const defaultTimes: SimulatedTimes = {
  startMs: 1000,
  shutdownMs: 5000,
  migrationBytesPerSecond: 512 * 2 ** 20,
};

/** What a machine is, before anything runs on it. */
export interface SimulatedHardware extends Pick<Machine, "memoryBytes" | "cpus" | "load" | "supports"> {
  /** Domains that are not ours; their memory counts. */
  readonly unmanaged: Reading["unmanaged"];
}

export const defaultHardware: SimulatedHardware = {
  memoryBytes: 16 * 2 ** 30,
  cpus: 8,
  load: 0,
  supports: { networks: ["bridge", "vlan", "vxlan", "nat", "isolated"], pools: ["dir", "rbd"] },
  unmanaged: [],
};
