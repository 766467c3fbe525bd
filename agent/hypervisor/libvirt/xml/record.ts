/**
 * What a domain carries about itself in its metadata: whose it is, and the whole spec that it was last given. So an
 * agent that knows nothing (after a restart, or an upgrade) can tell what was changed by hand since.
 */
import { hash } from "node:crypto";

import type { VmName } from "../../../../reconciler/model/names.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../../../../reconciler/model/step.ts";
import {
  attribute,
  child,
  element,
  elementsOf,
  namespaceOf,
  splitName,
  textOf,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { decodeSpec } from "./decode-spec.ts";

export const metadataNamespace = "urn:evenkeel:domain";
export const metadataPrefix = "keel";

export interface DomainRecord {
  readonly vm: VmName;
  readonly epoch: number;
  readonly spec: DomainSpec;
}

/** What is found in a domain. `spec` is null where it was tampered with, or written by a newer version. */
export interface FoundRecord {
  readonly vm: VmName;
  readonly epoch: number;
  readonly digest: string;
  readonly spec: DomainSpec | null;
}

/** Of everything that makes the guest; two equal specs have equal digests. */
export function specDigest(spec: DomainSpec): string {
  return hash("sha256", specText(spec));
}

/** The element as a domain XML holds it, its namespace declared. */
export function recordElement(record: DomainRecord): XmlElement {
  const own = unprefixedRecord(record);
  return {
    ...own,
    name: `${metadataPrefix}:${own.name}`,
    attributes: new Map([[`xmlns:${metadataPrefix}`, metadataNamespace], ...own.attributes]),
    children: elementsOf(own).map((one) => ({ ...one, name: `${metadataPrefix}:${one.name}` })),
  };
}

/** The element as virDomainSetMetadata takes it, which adds prefix and namespace by itself. */
export function unprefixedRecord({ vm, epoch, spec }: DomainRecord): XmlElement {
  return element("vm", { name: vm, epoch, digest: specDigest(spec) }, [
    element("applied", { version: 1 }, [specText(spec)]),
  ]);
}

/** Our element in a domain's metadata; undefined: the domain is not ours. */
export function findRecord(domain: XmlElement): XmlElement | undefined {
  const metadata = child(domain, "metadata");
  if (metadata === undefined) return undefined;
  return elementsOf(metadata).find((one) => isRecord(one, [domain, metadata, one]));
}

export function isRecord(one: XmlElement, within: readonly XmlElement[]): boolean {
  return splitName(one.name).local === "vm" && namespaceOf(one.name, within) === metadataNamespace;
}

/** null: it names no VM, or no epoch. */
export function readRecord(record: XmlElement): FoundRecord | null {
  const vm = attribute(record, "name") ?? "";
  const epoch = attribute(record, "epoch") ?? "";
  if (vm === "" || !/^\d{1,15}$/.test(epoch)) return null;
  const applied = elementsOf(record).find((one) => splitName(one.name).local === "applied");
  const spec = attribute(applied, "version") === "1" ? decodeSpec(textOf(applied)) : null;
  return { vm, epoch: Number(epoch), digest: attribute(record, "digest") ?? "", spec };
}

/** Keys in one order, whatever order the spec's are in; that a volume was to be made is over once the domain is there. */
function specText(spec: DomainSpec): string {
  const { vm, domainName, uuid, hardware, disks, nics, xml } = spec;
  const { memoryBytes, maxMemoryBytes, cpus, maxCpus } = hardware;
  return JSON.stringify({
    vm,
    domainName,
    uuid,
    hardware: {
      memoryBytes,
      maxMemoryBytes,
      cpus,
      maxCpus,
      disks: hardware.disks.map((disk) =>
        "path" in disk
          ? { name: disk.name, path: disk.path }
          : { name: disk.name, pool: disk.pool, volume: disk.volume },
      ),
      nics: hardware.nics.map(({ name, network, mac }) => ({ name, network, mac })),
    },
    disks: disks.map(plainDisk),
    nics: nics.map(plainNic),
    xml,
  });
}

function plainDisk(disk: DiskSpec): DiskSpec {
  const { name, slot } = disk;
  const place = slot === undefined ? {} : { slot };
  if (disk.source === "file") return { source: "file", name, path: disk.path, ...place };
  const { pool, volume, sizeBytes } = disk;
  const { name: poolName, type, path } = pool;
  return {
    source: "volume",
    name,
    pool: { name: poolName, type, path },
    volume,
    sizeBytes,
    create: false,
    ...place,
  };
}

function plainNic({ name, mac, network, slot }: NicSpec): NicSpec {
  const { name: networkName, type, bridge, vlan } = network;
  const place = slot === undefined ? {} : { slot };
  return { name, mac, network: { name: networkName, type, bridge, vlan }, ...place };
}
