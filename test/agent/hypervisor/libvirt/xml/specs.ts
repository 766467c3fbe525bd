import {
  defaultOptions,
  type DomainXmlOptions,
} from "../../../../../agent/hypervisor/libvirt/xml/options.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../../../../../reconciler/model/step.ts";
import { childrenNamed, child, type XmlElement } from "../../../../../reconciler/xml/xml-element.ts";
import { readXml } from "../../../../../reconciler/xml/read-xml.ts";

export const mebibyte = 2 ** 20;

/** As on a machine that cannot virtualise. */
export const options: DomainXmlOptions = {
  ...defaultOptions,
  type: "qemu",
  cpuModel: "qemu64",
  poolFolder: (pool) => `/pools/${pool}`,
};

export function volumeDisk(name: string, slot?: number, volume = `web-${name}`): DiskSpec {
  const pool = { name: "vms", type: "dir", path: null } as const;
  const place = slot === undefined ? {} : { slot };
  return { source: "volume", name, pool, volume, sizeBytes: 64 * mebibyte, create: false, ...place };
}

export function fileDisk(name: string, path: string, slot?: number): DiskSpec {
  return { source: "file", name, path, ...(slot === undefined ? {} : { slot }) };
}

export function nicOn(bridge: string, name: string, mac: string, slot?: number): NicSpec {
  const network = { name: `net-${bridge}`, type: "bridge", bridge, vlan: null };
  return { name, mac, network, ...(slot === undefined ? {} : { slot }) };
}

/** Disks and cards of the hardware follow from those of the spec. */
export function specOf(
  change: Partial<Omit<DomainSpec, "hardware">> & { memoryBytes?: number; cpus?: number } = {},
): DomainSpec {
  const { memoryBytes = 96 * mebibyte, cpus = 1, disks = [], nics = [], ...rest } = change;
  return {
    vm: "web",
    domainName: "web",
    uuid: "5b1f1c3e-6c0f-4c3f-9d55-0d6a5b1f1c3e",
    xml: null,
    ...rest,
    disks,
    nics,
    hardware: {
      memoryBytes,
      maxMemoryBytes: 2 * memoryBytes,
      cpus,
      maxCpus: 2 * cpus,
      disks: disks.map((disk) =>
        disk.source === "file"
          ? { name: disk.name, path: disk.path }
          : { name: disk.name, pool: disk.pool.name, volume: disk.volume },
      ),
      nics: nics.map(({ name, mac, network }) => ({ name, mac, network: network.name })),
    },
  };
}

export function parsed(xml: string): XmlElement {
  const reading = readXml(xml);
  if (!reading.ok) throw new Error(reading.problem.message);
  return reading.root;
}

/** `pci 0x08:0x00.0x0` of each device of that name, by the text of an attribute of one of its children. */
export function addresses(
  xml: string,
  device: string,
  of: string,
  attribute: string,
): Readonly<Record<string, string>> {
  const devices = childrenNamed(child(parsed(xml), "devices"), device);
  return Object.fromEntries(
    devices.map((one) => {
      const key = child(one, of)?.attributes.get(attribute) ?? "";
      return [key, [...(child(one, "address")?.attributes.values() ?? [])].join(" ")];
    }),
  );
}
