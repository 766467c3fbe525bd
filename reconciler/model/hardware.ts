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

/** `onto` with the given fields as they are in `from`. Bounds stay: they belong to a run, not to a change. */
export function withFields(onto: Hardware, from: Hardware, fields: readonly HardwareField[]): Hardware {
  return {
    ...onto,
    memoryBytes: fields.includes("memory") ? from.memoryBytes : onto.memoryBytes,
    cpus: fields.includes("cpus") ? from.cpus : onto.cpus,
    disks: fields.includes("disks") ? from.disks : onto.disks,
    nics: fields.includes("nics") ? from.nics : onto.nics,
  };
}
