/** UUIDs, MACs and names of volumes: made once, when a VM is first applied, and kept until it is destroyed. */
import type { Desired, Vm } from "../model/desired.ts";
import type { Identity, Slots } from "../model/journal.ts";
import type { VmName } from "../model/names.ts";
import { uuidInXml } from "../domain-xml/read-domain.ts";

/** Cryptographic randomness, injected. */
export type RandomBytes = (count: number) => Uint8Array;

/** The identities that are missing or lack something, complete. A renamed VM takes over its former name's. */
export function missingIdentities(
  desired: Desired,
  known: ReadonlyMap<VmName, Identity>,
  random: RandomBytes,
): ReadonlyMap<VmName, Identity> {
  const taken = new Set([...known.values()].flatMap((identity) => Object.values(identity.macs)));
  const made = new Map<VmName, Identity>();
  for (const vm of desired.vms.values()) {
    const former = known.get(vm.name) ?? (vm.renamedFrom === null ? undefined : known.get(vm.renamedFrom));
    if (former !== undefined && known.has(vm.name) && isComplete(vm, former)) continue;
    made.set(vm.name, completed(vm, former, random, taken));
  }
  return made;
}

function isComplete(vm: Vm, identity: Identity): boolean {
  return (
    vm.nics.every((nic) => identity.macs[nic.name] !== undefined) &&
    impliedVolumes(vm).every(([disk]) => identity.volumes[disk] !== undefined) &&
    vm.disks.every((disk) => identity.slots?.disks[disk.name] !== undefined) &&
    vm.nics.every((nic) => identity.slots?.nics[nic.name] !== undefined)
  );
}

/** A domain that brings its XML along stays what it was for its guest. */
function broughtUuid({ domain }: Vm): string | null {
  return domain.xml === null ? null : uuidInXml(domain.xml);
}

/** Disk and volume of the disks whose documents name no volume. */
function impliedVolumes(vm: Vm): [string, string][] {
  return vm.disks.flatMap((disk) =>
    disk.source === "volume" && disk.implied ? [[disk.name, `${disk.pool}/${disk.volume}`]] : [],
  );
}

function completed(vm: Vm, former: Identity | undefined, random: RandomBytes, taken: Set<string>): Identity {
  const macs: Record<string, string> = { ...former?.macs };
  for (const nic of vm.nics) {
    const mac = macs[nic.name] ?? nic.mac ?? freshMac(random, taken);
    macs[nic.name] = mac;
    taken.add(mac);
  }
  const volumes = { ...Object.fromEntries(impliedVolumes(vm)), ...former?.volumes };
  return {
    uuid: former?.uuid ?? broughtUuid(vm) ?? uuid(random),
    macs,
    volumes,
    slots: completedSlots(vm, former?.slots),
  };
}

function completedSlots(vm: Vm, former: Slots | undefined): Slots {
  return {
    disks: withSlots(vm.disks, former?.disks ?? {}),
    nics: withSlots(vm.nics, former?.nics ?? {}),
  };
}

/** Each new device in the first slot that no other ever had. */
function withSlots(
  devices: readonly { readonly name: string }[],
  former: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  const slots = { ...former };
  for (const { name } of devices) {
    const taken = new Set(Object.values(slots));
    slots[name] ??= firstFree(taken);
  }
  return slots;
}

function firstFree(taken: ReadonlySet<number>): number {
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  return slot;
}

/** In QEMU's own range 52:54:00, as every libvirt tool makes them. */
function freshMac(random: RandomBytes, taken: ReadonlySet<string>): string {
  for (;;) {
    const mac = ["52", "54", "00", ...hex(random(3))].join(":");
    if (!taken.has(mac)) return mac;
  }
}

/** RFC 9562, version 4. */
function uuid(random: RandomBytes): string {
  const bytes = random(16);
  const text = hex(
    bytes.with(6, ((bytes[6] ?? 0) & 0x0f) | 0x40).with(8, ((bytes[8] ?? 0) & 0x3f) | 0x80),
  ).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join(
    "-",
  );
}

function hex(bytes: Uint8Array): string[] {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0"));
}
