/**
 * Where devices sit in the guest. It is the guest's hardware as its operating system knows it, so nothing here may
 * change for a VM that exists: a device's place follows from its own slot alone, never from the other devices.
 */
import { element, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";

interface Slotted {
  readonly name: string;
  readonly slot?: number;
}

/** The slot of each device by its name; those that have none take the first free ones, in order. */
export function slotsOf(devices: readonly Slotted[]): ReadonlyMap<string, number> {
  const taken = new Set(devices.flatMap((device) => device.slot ?? []));
  const slots = new Map<string, number>();
  for (const { name, slot } of devices) {
    let own = slot ?? 0;
    while (slot === undefined && taken.has(own)) own += 1;
    taken.add(own);
    slots.set(name, own);
  }
  return slots;
}

/** `sda`, `sdz`, `sdaa`: what libvirt calls the disk in a slot. */
export function diskTarget(slot: number): string {
  const letters = (n: number): string =>
    (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + String.fromCodePoint(97 + (n % 26));
  return `sd${letters(slot)}`;
}

/** All disks hang on one virtio-scsi controller, each with a target of its own: room for 256. */
export function diskAddress(slot: number): XmlElement {
  return element("address", { type: "drive", controller: 0, bus: 0, target: slot, unit: 0 });
}

export const maxDisks = 256;

/** Root ports from number 1 on, one device behind each. The last ones are for network cards. */
const fixedPorts = { scsi: 1, serial: 2, balloon: 3, rng: 4 } as const;
const firstNicPort = 8;
/** Ports come in groups of eight, all functions of one slot of the root bus. */
const portsInGroup = 8;
const firstPortSlot = 2;
const leastPorts = 16;
const mostPorts = 27 * portsInGroup;

export const maxNics = mostPorts - firstNicPort + 1;

export function fixedAddress(device: keyof typeof fixedPorts): XmlElement {
  return behindPort(fixedPorts[device]);
}

export function nicAddress(slot: number): XmlElement {
  return behindPort(firstNicPort + slot);
}

function behindPort(port: number): XmlElement {
  return pciAddress(port, 0, 0);
}

/** The watchdog is a device of conventional PCI, on the root bus itself. */
export const watchdogAddress = pciAddress(0, 1, 0);

/** The ports that the cards need, and some to spare: a card that is plugged in later finds one. */
export function rootPorts(nicSlots: Iterable<number>): readonly XmlElement[] {
  const highest = Math.max(leastPorts, ...[...nicSlots].map((slot) => firstNicPort + slot));
  const count = Math.ceil(highest / portsInGroup) * portsInGroup;
  return Array.from({ length: count }, (_, index) => rootPort(index + 1));
}

function rootPort(index: number): XmlElement {
  const place = index - 1;
  const slot = firstPortSlot + Math.floor(place / portsInGroup);
  const fn = place % portsInGroup;
  return element("controller", { type: "pci", index, model: "pcie-root-port" }, [
    element("model", { name: "pcie-root-port" }),
    element("target", { chassis: index, port: `0x${(slot * 8 + fn).toString(16)}` }),
    pciAddress(0, slot, fn, fn === 0 ? "on" : null),
  ]);
}

function pciAddress(bus: number, slot: number, fn: number, multifunction: "on" | null = null): XmlElement {
  return element("address", {
    type: "pci",
    domain: "0x0000",
    bus: hex(bus),
    slot: hex(slot),
    function: `0x${fn.toString(16)}`,
    multifunction,
  });
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(2, "0")}`;
}
