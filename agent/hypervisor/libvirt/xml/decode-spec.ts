import type { Hardware, HardwareDisk } from "../../../../reconciler/model/hardware.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../../../../reconciler/model/step.ts";

/** A spec as it was written into a domain; null: it is none. Anybody with virsh can have changed it. */
export function decodeSpec(text: string): DomainSpec | null {
  try {
    return spec(record(JSON.parse(text)));
  } catch {
    return null;
  }
}

type Fields = Readonly<Record<string, unknown>>;

function spec(fields: Fields): DomainSpec {
  return {
    vm: string(fields["vm"]),
    domainName: string(fields["domainName"]),
    uuid: string(fields["uuid"]),
    hardware: hardware(record(fields["hardware"])),
    disks: list(fields["disks"]).map(disk),
    nics: list(fields["nics"]).map(nic),
    xml: nullable(fields["xml"], string),
  };
}

function hardware(fields: Fields): Hardware {
  return {
    memoryBytes: number(fields["memoryBytes"]),
    maxMemoryBytes: number(fields["maxMemoryBytes"]),
    cpus: number(fields["cpus"]),
    maxCpus: number(fields["maxCpus"]),
    disks: list(fields["disks"]).map(hardwareDisk),
    nics: list(fields["nics"]).map(({ name, network, mac }) => ({
      name: string(name),
      network: string(network),
      mac: string(mac),
    })),
  };
}

function hardwareDisk(fields: Fields): HardwareDisk {
  const name = string(fields["name"]);
  if ("path" in fields) return { name, path: string(fields["path"]) };
  return { name, pool: string(fields["pool"]), volume: string(fields["volume"]) };
}

function disk(fields: Fields): DiskSpec {
  const name = string(fields["name"]);
  if (fields["source"] === "file") {
    return { source: "file", name, path: string(fields["path"]), ...slot(fields) };
  }
  const pool = record(fields["pool"]);
  const type = string(pool["type"]);
  if (type !== "dir" && type !== "rbd") throw new TypeError("no type of pool");
  return {
    source: "volume",
    name,
    pool: { name: string(pool["name"]), type, path: nullable(pool["path"], string) },
    volume: string(fields["volume"]),
    sizeBytes: nullable(fields["sizeBytes"], number),
    create: false,
    ...slot(fields),
  };
}

function nic(fields: Fields): NicSpec {
  const network = record(fields["network"]);
  return {
    name: string(fields["name"]),
    mac: string(fields["mac"]),
    network: {
      name: string(network["name"]),
      type: string(network["type"]),
      bridge: nullable(network["bridge"], string),
      vlan: nullable(network["vlan"], number),
    },
    ...slot(fields),
  };
}

function slot(fields: Fields): { readonly slot?: number } {
  return fields["slot"] === undefined ? {} : { slot: number(fields["slot"]) };
}

function record(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new TypeError("no record");
  return { ...value };
}

function list(value: unknown): readonly Fields[] {
  if (!Array.isArray(value)) throw new TypeError("no list");
  return value.map(record);
}

function string(value: unknown): string {
  if (typeof value !== "string") throw new TypeError("no text");
  return value;
}

function number(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("no number");
  return value;
}

function nullable<T>(value: unknown, read: (value: unknown) => T): T | null {
  return value === null ? null : read(value);
}
