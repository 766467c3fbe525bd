/** The disks and network cards of a spec as libvirt is to have them: the document's, then those of its `domain.xml`. */
import { disksOf, type DomainDisk, type DomainDiskSource } from "../../../../reconciler/domain-xml/disks.ts";
import { nicsOf, type DomainNic } from "../../../../reconciler/domain-xml/nics.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../../../../reconciler/model/step.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import {
  attribute,
  child,
  element,
  elementsOf,
  withAttributes,
  withChildren,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { diskImage, diskXml, sourceType, sourceXml } from "./disk-xml.ts";
import { diskTarget, slotsOf } from "./layout.ts";
import { bridgeOf, nicXml } from "./nic-xml.ts";
import type { DomainXmlOptions } from "./options.ts";

export interface WantedDisk {
  /** In the document; null: only `domain.xml` has it, and the document says nothing of it. */
  readonly name: string | null;
  readonly target: string;
  readonly source: DomainDiskSource | null;
  readonly element: XmlElement;
}

export interface WantedNic {
  readonly name: string | null;
  readonly mac: string | null;
  readonly source: string | null;
  readonly element: XmlElement;
}

export interface WantedDevices {
  readonly disks: readonly WantedDisk[];
  readonly nics: readonly WantedNic[];
}

/** @throws HypervisorError `unsupported`, `refused` */
export function wantedDevices(spec: DomainSpec, options: DomainXmlOptions): WantedDevices {
  if (spec.xml !== null) return mergedDevices(spec, escapeHatch(spec.xml), options);
  const diskSlots = slotsOf(spec.disks);
  const nicSlots = slotsOf(spec.nics);
  return {
    disks: spec.disks.map((disk) => {
      const slot = diskSlots.get(disk.name) ?? 0;
      const { source } = diskImage(disk, options);
      return { name: disk.name, target: diskTarget(slot), source, element: diskXml(disk, slot, options) };
    }),
    nics: spec.nics.map((nic) => ({
      name: nic.name,
      mac: nic.mac,
      source: bridgeOf(nic),
      element: nicXml(nic, nicSlots.get(nic.name) ?? 0),
    })),
  };
}

/** @throws HypervisorError `refused` */
export function escapeHatch(xml: string): XmlElement {
  const reading = readXml(xml);
  if (reading.ok) return reading.root;
  throw new HypervisorError("refused", `domain.xml: ${reading.problem.message}; ${reading.problem.advice}`);
}

/**
 * A device of the document is the one of the XML that has the same data or address, or the alias `ua-<name>`; the
 * document then says where its data is or what it is plugged into, and the XML everything else. One that the XML lacks
 * is added.
 */
function mergedDevices(spec: DomainSpec, root: XmlElement, options: DomainXmlOptions): WantedDevices {
  const ownDisks = disksOf(root);
  const ownNics = nicsOf(root);
  const targets = new Set(ownDisks.map((disk) => disk.target));
  const diskSlots = slotsOf(spec.disks);
  const named = spec.disks.map((disk) =>
    mergeDisk(disk, ownDisks, targets, diskSlots.get(disk.name) ?? 0, options),
  );
  const cards = spec.nics.map((nic) => mergeNic(nic, ownNics));
  const isTaken = (one: XmlElement, by: readonly { readonly of: XmlElement | null }[]) =>
    by.some(({ of }) => of === one);
  return {
    disks: [
      ...named.map(({ disk }) => disk),
      ...ownDisks.flatMap(({ target, source, element: own }) =>
        isTaken(own, named) ? [] : [{ name: null, target, source, element: own }],
      ),
    ],
    nics: [
      ...cards.map(({ nic }) => nic),
      ...ownNics.flatMap(({ mac, source, element: own }) =>
        isTaken(own, cards) ? [] : [{ name: null, mac, source, element: own }],
      ),
    ],
  };
}

function mergeDisk(
  spec: DiskSpec,
  own: readonly DomainDisk[],
  targets: Set<string>,
  slot: number,
  options: DomainXmlOptions,
): { readonly of: XmlElement | null; readonly disk: WantedDisk } {
  const { name } = spec;
  const image = diskImage(spec, options);
  const { source } = image;
  const found =
    own.find((disk) => hasAlias(disk.element, name)) ??
    own.find((disk) => disk.source !== null && isSameSource(disk.source, source));
  if (found === undefined) {
    const target = freeTarget(targets, slot);
    const type = sourceType(source);
    const made = element("disk", { type, device: image.device }, [
      element("driver", { name: "qemu", type: image.format }),
      sourceXml(source),
      element("target", { dev: target, bus: "virtio" }),
    ]);
    return { of: null, disk: { name, target, source, element: made } };
  }
  const isSame = found.source !== null && isSameSource(found.source, source);
  const merged = isSame ? found.element : replaced(found.element, sourceType(source), sourceXml(source));
  return { of: found.element, disk: { name, target: found.target, source, element: merged } };
}

function mergeNic(
  spec: NicSpec,
  own: readonly DomainNic[],
): { readonly of: XmlElement | null; readonly nic: WantedNic } {
  const { name, mac } = spec;
  const bridge = bridgeOf(spec);
  const found =
    own.find((nic) => hasAlias(nic.element, name)) ?? own.find((nic) => nic.mac === mac.toLowerCase());
  const address = element("mac", { address: mac });
  if (found === undefined) {
    const made = element("interface", { type: "bridge" }, [
      address,
      element("source", { bridge }),
      element("model", { type: "virtio" }),
    ]);
    return { of: null, nic: { name, mac, source: bridge, element: made } };
  }
  const isPlugged = found.type === "bridge" && found.source === bridge;
  const plugged = isPlugged
    ? found.element
    : replaced(found.element, "bridge", element("source", { bridge }));
  const merged = found.mac === mac.toLowerCase() ? plugged : withChild(plugged, address);
  return { of: found.element, nic: { name, mac, source: bridge, element: merged } };
}

export function isSameSource(a: DomainDiskSource, b: DomainDiskSource): boolean {
  switch (a.kind) {
    case "file":
      return b.kind === "file" && a.path === b.path;
    case "volume":
      return b.kind === "volume" && a.pool === b.pool && a.volume === b.volume;
    case "network":
      return b.kind === "network" && a.protocol === b.protocol && a.image === b.image;
  }
}

function hasAlias(device: XmlElement, name: string): boolean {
  return attribute(child(device, "alias"), "name") === `ua-${name}`;
}

function replaced(device: XmlElement, type: string, source: XmlElement): XmlElement {
  return withChild(withAttributes(device, { type }), source);
}

/** With the child in the place of the one of the same name, or before all others. */
function withChild(parent: XmlElement, added: XmlElement): XmlElement {
  const children = elementsOf(parent);
  if (!children.some((one) => one.name === added.name)) return withChildren(parent, [added, ...children]);
  return withChildren(
    parent,
    children.map((one) => (one.name === added.name ? added : one)),
  );
}

/** `vda` and so on: by its slot where that is free. */
function freeTarget(targets: Set<string>, slot: number): string {
  let place = slot;
  while (targets.has(virtioTarget(place))) place += 1;
  const target = virtioTarget(place);
  targets.add(target);
  return target;
}

function virtioTarget(place: number): string {
  return `v${diskTarget(place).slice(1)}`;
}
