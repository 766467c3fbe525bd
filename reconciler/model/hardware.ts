/** What a guest is made of, in the form in which wanted and live can be compared field by field. */
export interface Hardware {
  readonly memoryBytes: number;
  /** The bounds within which memory and CPUs change while the guest runs. */
  readonly maxMemoryBytes: number;
  readonly cpus: number;
  readonly maxCpus: number;
  readonly disks: readonly HardwareDisk[];
  readonly nics: readonly HardwareNic[];
}

export type HardwareDisk =
  | { readonly name: string; readonly pool: string; readonly volume: string }
  | { readonly name: string; readonly path: string };

export interface HardwareNic {
  readonly name: string;
  readonly network: string;
  readonly mac: string;
}

export const hardwareFields = ["memory", "cpus", "disks", "nics"] as const;
export type HardwareField = (typeof hardwareFields)[number];
