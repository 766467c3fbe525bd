import type { Hardware, HardwareDisk, HardwareNic } from "../../../../reconciler/model/hardware.ts";
import type { VmName } from "../../../../reconciler/model/names.ts";
import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import { disksOf, type DomainDiskSource } from "../../../../reconciler/domain-xml/disks.ts";
import { nicsOf } from "../../../../reconciler/domain-xml/nics.ts";
import { readBasics } from "../../../../reconciler/domain-xml/read-domain.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import { attribute, type XmlElement } from "../../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { asWritten } from "./memory.ts";
import type { DomainXmlOptions } from "./options.ts";
import { findRecord, readRecord } from "./record.ts";
import { isSameSource, wantedDevices, type WantedDevices } from "./wanted-devices.ts";

interface ReadDomain {
  /** libvirt's name of it. */
  readonly name: string;
  readonly uuid: string;
  /** libvirt's number of this run, unique until libvirt restarts; null: it is off. */
  readonly id: string | null;
}

export type DomainReading =
  | (ReadDomain & {
      readonly kind: "ours";
      readonly vm: VmName;
      readonly epoch: number;
      readonly digest: string;
      readonly live: Hardware;
      /** What was last set; as `live` where the domain does not say any more. */
      readonly applied: Hardware;
      /** null: the record in the domain was damaged, or is a newer version's. */
      readonly spec: DomainSpec | null;
      readonly root: XmlElement;
    })
  | (ReadDomain & { readonly kind: "unmanaged"; readonly memoryBytes: number })
  /** It says that it is ours, and not which VM it is. It must never be taken for absent. */
  | (ReadDomain & { readonly kind: "damaged"; readonly why: string });

/**
 * What a domain's XML, as libvirt gives it, says.
 * @throws HypervisorError `refused`: it is no domain XML
 */
export function readDomainXml(xml: string, options: DomainXmlOptions): DomainReading {
  const reading = readXml(xml);
  if (!reading.ok || reading.root.name !== "domain") {
    const why = reading.ok ? `it is a <${reading.root.name}>` : reading.problem.message;
    throw new HypervisorError("refused", `the XML of a domain cannot be read: ${why}`);
  }
  return readDomain(reading.root, options);
}

function readDomain(root: XmlElement, options: DomainXmlOptions): DomainReading {
  const { name, uuid, memoryBytes } = readBasics(root);
  const read = { name: name ?? "", uuid: uuid ?? "", id: attribute(root, "id") };
  const element = findRecord(root);
  if (element === undefined) return { kind: "unmanaged", ...read, memoryBytes: memoryBytes ?? 0 };
  const record = readRecord(element);
  if (record === null) {
    return { kind: "damaged", ...read, why: `the metadata of the domain ${read.name} names no VM and epoch` };
  }
  const { vm, epoch, digest, spec } = record;
  const live = liveHardware(root, spec, options);
  // The bounds belong to the run, not to what was asked for.
  const { maxMemoryBytes, maxCpus } = live;
  const applied = spec === null ? live : { ...spec.hardware, maxMemoryBytes, maxCpus };
  return { kind: "ours", ...read, vm, epoch, digest, live, applied, spec, root };
}

/**
 * The hardware in a domain, in the words of the spec that it was made from: disks and cards have the names of the
 * document. What the spec does not know goes by libvirt's own names. Devices that only `domain.xml` has are left out,
 * as they are in what is wanted.
 */
export function liveHardware(root: XmlElement, spec: DomainSpec | null, options: DomainXmlOptions): Hardware {
  const { memoryBytes, maxMemoryBytes, cpus, maxCpus } = readBasics(root);
  const applied = spec?.hardware;
  const wanted = spec === null ? { disks: [], nics: [] } : wantedDevices(spec, options);
  const written = (bytes: number, as: number | undefined) =>
    as === undefined ? bytes : asWritten(bytes, as);
  return {
    memoryBytes: written(memoryBytes ?? 0, applied?.memoryBytes),
    maxMemoryBytes: written(maxMemoryBytes ?? 0, applied?.maxMemoryBytes),
    cpus,
    maxCpus,
    disks: liveDisks(root, wanted, spec),
    nics: liveNics(root, wanted, spec),
  };
}

function liveDisks(
  root: XmlElement,
  wanted: WantedDevices,
  spec: DomainSpec | null,
): readonly HardwareDisk[] {
  const live = disksOf(root);
  const known = wanted.disks.flatMap(({ name, target, source }): readonly HardwareDisk[] => {
    const disk = live.find((one) => one.target === target);
    if (name === null || disk === undefined) return [];
    const asApplied = spec?.hardware.disks.find((one) => one.name === name);
    const isSame = source !== null && disk.source !== null && isSameSource(disk.source, source);
    return [isSame && asApplied !== undefined ? asApplied : { name, path: pathOf(disk.source) }];
  });
  const added = live.filter((disk) => !wanted.disks.some(({ target }) => target === disk.target));
  return [...known, ...added.map((disk) => ({ name: disk.target, path: pathOf(disk.source) }))];
}

function liveNics(root: XmlElement, wanted: WantedDevices, spec: DomainSpec | null): readonly HardwareNic[] {
  const live = nicsOf(root);
  const known = wanted.nics.flatMap(({ name, mac, source }): readonly HardwareNic[] => {
    const nic = live.find((one) => one.mac === mac?.toLowerCase());
    if (name === null || mac === null || nic === undefined) return [];
    const network = spec?.hardware.nics.find((one) => one.name === name)?.network ?? "";
    return [{ name, mac, network: nic.source === source ? network : (nic.source ?? nic.type) }];
  });
  // A card of `domain.xml` without an address gets one from libvirt: as many strangers are its own as it has such cards.
  const nameless = wanted.nics.filter(({ mac }) => mac === null).length;
  const strangers = live.filter(
    (nic) => !wanted.nics.some(({ mac }) => mac !== null && mac.toLowerCase() === nic.mac),
  );
  const added = strangers.slice(nameless);
  return [
    ...known,
    ...added.map((nic) => ({
      name: nic.mac ?? nic.type,
      network: nic.source ?? nic.type,
      mac: nic.mac ?? "",
    })),
  ];
}

function pathOf(source: DomainDiskSource | null): string {
  if (source === null) return "";
  switch (source.kind) {
    case "file":
      return source.path;
    case "volume":
      return `${source.pool}/${source.volume}`;
    case "network":
      return `${source.protocol}:${source.image}`;
  }
}
