/** What a VM's document makes of hardware, and how that differs from what runs. */
import type { Desired, Disk, Vm } from "../model/desired.ts";
import type { Hardware, HardwareDisk, HardwareField } from "../model/hardware.ts";
import type { Identity, VolumeClaim } from "../model/journal.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../model/step.ts";

/**
 * How far memory and CPUs may grow while the guest runs, as a multiple of what it was started with. Room for growth
 * costs a guest about 1.5 % of the difference in page tables, so it is kept to a doubling.
 */
const growth = 2;

export function wantedHardware(vm: Vm, identity: Identity | null): Hardware {
  return {
    memoryBytes: vm.memoryBytes,
    maxMemoryBytes: vm.memoryBytes * growth,
    cpus: vm.cpus,
    maxCpus: vm.cpus * growth,
    disks: vm.disks.map(hardwareDisk),
    nics: vm.nics.map((nic) => ({
      name: nic.name,
      network: nic.network,
      mac: nic.mac ?? identity?.macs[nic.name] ?? "",
    })),
  };
}

function hardwareDisk(disk: Disk): HardwareDisk {
  return disk.source === "volume"
    ? { name: disk.name, pool: disk.pool, volume: disk.volume }
    : { name: disk.name, path: disk.path };
}

/** The fields in which a domain differs from the document. Bounds are no difference: they follow at the next start. */
export function differences(vm: Vm, identity: Identity | null, live: Hardware): readonly HardwareField[] {
  const fields: HardwareField[] = [];
  if (vm.memoryBytes !== live.memoryBytes) fields.push("memory");
  if (vm.cpus !== live.cpus) fields.push("cpus");
  if (!sameDisks(vm, live)) fields.push("disks");
  if (!sameNics(vm, identity, live)) fields.push("nics");
  return fields;
}

function sameDisks(vm: Vm, live: Hardware): boolean {
  return (
    vm.disks.length === live.disks.length &&
    vm.disks.every((disk, i) => {
      const other = live.disks[i];
      if (other === undefined || other.name !== disk.name) return false;
      if (disk.source === "file") return "path" in other && other.path === disk.path;
      return "volume" in other && other.pool === disk.pool && other.volume === disk.volume;
    })
  );
}

function sameNics(vm: Vm, identity: Identity | null, live: Hardware): boolean {
  return (
    vm.nics.length === live.nics.length &&
    vm.nics.every((nic, i) => {
      const other = live.nics[i];
      if (other === undefined) return false;
      const mac = nic.mac ?? identity?.macs[nic.name] ?? other.mac;
      return other.name === nic.name && other.network === nic.network && other.mac === mac;
    })
  );
}

/** Whether a running domain can take the change; else it waits for the next restart. */
export function isLive(field: HardwareField, vm: Vm, live: Hardware): boolean {
  switch (field) {
    case "memory":
      return vm.memoryBytes <= live.maxMemoryBytes;
    case "cpus":
      return vm.cpus <= live.maxCpus;
    case "disks":
    case "nics":
      return true;
  }
}

/** A field's value in words, for plans and drift: `2GiB`, `eth0=servers`. */
export function fieldInWords(field: HardwareField, hardware: Hardware): string {
  switch (field) {
    case "memory":
      return formatSize(hardware.memoryBytes);
    case "cpus":
      return String(hardware.cpus);
    case "disks":
      return hardware.disks
        .map((d) => `${d.name}=${"path" in d ? d.path : `${d.pool}/${d.volume}`}`)
        .join(", ");
    case "nics":
      return hardware.nics.map((n) => `${n.name}=${n.network}`).join(", ");
  }
}

const sizeUnits = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
] as const;

/** Bytes in the largest binary unit that keeps the figure exact to one decimal, else in the next smaller one. */
export function formatSize(bytes: number): string {
  for (const [unit, size] of sizeUnits) {
    if (bytes >= size && Number.isInteger((bytes / size) * 10)) return `${String(bytes / size)}${unit}`;
  }
  return `${String(bytes)}B`;
}

/** Bytes as people speak of them: a figure to compare, not one to write into a file. */
export function roughSize(bytes: number): string {
  const [unit, size] = sizeUnits.find(([, each]) => bytes >= each) ?? ["B", 1];
  return `${String(Math.round((bytes / size) * 10) / 10)}${unit}`;
}

/** All that the hypervisor needs. Only called for VMs whose references were checked by `usable`. */
export function domainSpec(
  vm: Vm,
  identity: Identity | null,
  desired: Desired,
  volumes: ReadonlyMap<string, VolumeClaim>,
): DomainSpec {
  const hardware = wantedHardware(vm, identity);
  return {
    vm: vm.name,
    domainName: vm.domain.name ?? vm.name,
    uuid: identity?.uuid ?? "",
    hardware,
    disks: vm.disks.map((disk) => ({
      ...diskSpec(disk, desired, volumes),
      ...slotOf(disk.name, identity?.slots?.disks),
    })),
    nics: hardware.nics.map((nic) => ({
      ...nicSpec(nic, desired),
      ...slotOf(nic.name, identity?.slots?.nics),
    })),
    xml: vm.domain.xml,
  };
}

function slotOf(
  name: string,
  slots: Readonly<Record<string, number>> | undefined,
): { readonly slot?: number } {
  const slot = slots?.[name];
  return slot === undefined ? {} : { slot };
}

export function diskSpec(disk: Disk, desired: Desired, volumes: ReadonlyMap<string, VolumeClaim>): DiskSpec {
  if (disk.source === "file") return { source: "file", name: disk.name, path: disk.path };
  const pool = desired.pools.get(disk.pool);
  return {
    source: "volume",
    name: disk.name,
    pool: { name: disk.pool, type: pool?.type ?? "dir", path: pool?.path ?? null },
    volume: disk.volume,
    sizeBytes: disk.sizeBytes,
    create: (volumes.get(`${disk.pool}/${disk.volume}`)?.born ?? null) === null,
  };
}

function nicSpec(nic: { name: string; network: string; mac: string }, desired: Desired): NicSpec {
  const network = desired.networks.get(nic.network);
  return {
    name: nic.name,
    mac: nic.mac,
    network: {
      name: nic.network,
      type: network?.type ?? "bridge",
      bridge: network?.bridge ?? null,
      vlan: network?.vlan ?? null,
    },
  };
}
