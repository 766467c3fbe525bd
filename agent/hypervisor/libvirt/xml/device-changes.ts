/** Which devices of a running domain have to come, go or change, for its disks or cards to be the wanted ones. */
import { disksOf, type DomainDiskSource } from "../../../../reconciler/domain-xml/disks.ts";
import { nicsOf } from "../../../../reconciler/domain-xml/nics.ts";
import {
  child,
  elementsOf,
  withAttributes,
  withChildren,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { sourceType, sourceXml } from "./disk-xml.ts";
import { isSameSource, type WantedDevices } from "./wanted-devices.ts";

export interface DeviceChanges {
  /** First: another one may take its place. */
  readonly detach: readonly XmlElement[];
  /** The device stays, and holds or is plugged into something else. */
  readonly update: readonly XmlElement[];
  readonly attach: readonly XmlElement[];
}

/** `before`: what was wanted until now. What only `domain.xml` has stays as it is, there or not. */
export function diskChanges(live: XmlElement, before: WantedDevices, wanted: WantedDevices): DeviceChanges {
  const there = new Map(disksOf(live).map((disk) => [disk.target, disk]));
  const changes = wanted.disks.map(({ target, source, name, element }): DeviceChanges => {
    const disk = there.get(target);
    if (name === null || source === null || isSame(disk?.source ?? null, source)) return none;
    if (disk === undefined) return { ...none, attach: [element] };
    if (disk.device !== "cdrom") return { ...none, detach: [disk.element], attach: [element] };
    return { ...none, update: [withSource(disk.element, sourceType(source), sourceXml(source))] };
  });
  const known = [...wanted.disks, ...before.disks.filter(({ name }) => name === null)];
  const stays = new Set(known.map(({ target }) => target));
  const gone = [...there.values()].filter(({ target }) => !stays.has(target));
  return together([{ ...none, detach: gone.map(({ element }) => element) }, ...changes]);
}

export function nicChanges(live: XmlElement, before: WantedDevices, wanted: WantedDevices): DeviceChanges {
  const there = new Map(nicsOf(live).map((nic) => [nic.mac, nic]));
  const changes = wanted.nics.map(({ mac, source, name, element }): DeviceChanges => {
    const nic = there.get(lower(mac));
    const plugged = child(element, "source");
    if (name === null || plugged === undefined || nic?.source === source) return none;
    if (nic === undefined) return { ...none, attach: [element] };
    return { ...none, update: [withSource(nic.element, "bridge", plugged)] };
  });
  const known = [...wanted.nics, ...before.nics.filter(({ name }) => name === null)];
  const stays = new Set(known.map(({ mac }) => lower(mac)));
  // A card of `domain.xml` without an address was given one: which of the strangers it is nobody knows.
  const hasNameless = stays.has(null);
  const gone = hasNameless ? [] : [...there.values()].filter(({ mac }) => !stays.has(mac));
  return together([{ ...none, detach: gone.map(({ element }) => element) }, ...changes]);
}

const none: DeviceChanges = { detach: [], update: [], attach: [] };

function together(changes: readonly DeviceChanges[]): DeviceChanges {
  return {
    detach: changes.flatMap(({ detach }) => detach),
    update: changes.flatMap(({ update }) => update),
    attach: changes.flatMap(({ attach }) => attach),
  };
}

function isSame(a: DomainDiskSource | null, b: DomainDiskSource): boolean {
  return a !== null && isSameSource(a, b);
}

function lower(mac: string | null): string | null {
  return mac?.toLowerCase() ?? null;
}

/** The device as it runs, with another source. */
function withSource(device: XmlElement, type: string, source: XmlElement): XmlElement {
  const children = elementsOf(device).filter(({ name }) => name !== "source" && name !== "backingStore");
  return withChildren(withAttributes(device, { type }), [source, ...children]);
}

/** Whether a device like it is there: a disk in its place, a card of its address. */
export function hasDevice(live: XmlElement, device: XmlElement): boolean {
  const alike = withChildren(live, [withChildren(child(live, "devices") ?? live, [device])]);
  const [disk] = disksOf(alike);
  if (disk !== undefined) return disksOf(live).some(({ target }) => target === disk.target);
  const [nic] = nicsOf(alike);
  return nic !== undefined && nicsOf(live).some(({ mac }) => mac === nic.mac);
}
