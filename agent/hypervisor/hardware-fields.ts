/** Hardware taken apart into the fields that a step may change. */
import {
  type Hardware,
  type HardwareDisk,
  type HardwareField,
  hardwareFields,
  type HardwareNic,
} from "../../reconciler/model/hardware.ts";

/** The first of the fields in which the two differ, or null. */
export function firstDifference(
  a: Hardware,
  b: Hardware,
  fields: readonly HardwareField[],
): HardwareField | null {
  return fields.find((field) => !isSame(field, a, b)) ?? null;
}

/** All of it, the bounds too. */
export function isSameHardware(a: Hardware, b: Hardware): boolean {
  if (a.maxMemoryBytes !== b.maxMemoryBytes || a.maxCpus !== b.maxCpus) return false;
  return firstDifference(a, b, hardwareFields) === null;
}

function isSame(field: HardwareField, a: Hardware, b: Hardware): boolean {
  switch (field) {
    case "memory":
      return a.memoryBytes === b.memoryBytes;
    case "cpus":
      return a.cpus === b.cpus;
    case "disks":
      return isSameList(a.disks, b.disks, isSameDisk);
    case "nics":
      return isSameList(a.nics, b.nics, isSameNic);
  }
}

function isSameList<T>(a: readonly T[], b: readonly T[], isSameItem: (x: T, y: T) => boolean): boolean {
  return (
    a.length === b.length &&
    a.every((item, index) => {
      const other = b[index];
      return other !== undefined && isSameItem(item, other);
    })
  );
}

function isSameDisk(a: HardwareDisk, b: HardwareDisk): boolean {
  if (a.name !== b.name) return false;
  if ("path" in a) return "path" in b && a.path === b.path;
  return !("path" in b) && a.pool === b.pool && a.volume === b.volume;
}

function isSameNic(a: HardwareNic, b: HardwareNic): boolean {
  return a.name === b.name && a.network === b.network && a.mac === b.mac;
}
