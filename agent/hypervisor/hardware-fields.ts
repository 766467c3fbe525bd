/** Hardware taken apart into the fields that a step may change. */
import type { Hardware, HardwareDisk, HardwareField, HardwareNic } from "../../reconciler/model/hardware.ts";

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

/** The first of the fields in which the two differ, or null. */
export function firstDifference(
  a: Hardware,
  b: Hardware,
  fields: readonly HardwareField[],
): HardwareField | null {
  return fields.find((field) => !isSame(field, a, b)) ?? null;
}

function isSame(field: HardwareField, a: Hardware, b: Hardware): boolean {
  switch (field) {
    case "memory":
      return a.memoryBytes === b.memoryBytes;
    case "cpus":
      return a.cpus === b.cpus;
    case "disks":
      return isSameList(a.disks, b.disks, diskText);
    case "nics":
      return isSameList(a.nics, b.nics, nicText);
  }
}

function isSameList<T>(a: readonly T[], b: readonly T[], text: (item: T) => string): boolean {
  return a.length === b.length && JSON.stringify(a.map(text)) === JSON.stringify(b.map(text));
}

function diskText(disk: HardwareDisk): string {
  return "path" in disk ? `${disk.name} ${disk.path}` : `${disk.name} ${disk.pool}/${disk.volume}`;
}

function nicText(nic: HardwareNic): string {
  return `${nic.name} ${nic.network} ${nic.mac}`;
}
