import { attribute, child, childrenNamed, type XmlElement } from "../xml/xml-element.ts";

/** Where a disk's data is. */
export type DomainDiskSource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "volume"; readonly pool: string; readonly volume: string }
  /** Over the network: the protocol and its own name of the image, `rbd` and `vms/db1-root`. */
  | { readonly kind: "network"; readonly protocol: string; readonly image: string };

export interface DomainDisk {
  /** `vda`: unique within the domain. */
  readonly target: string;
  readonly device: string;
  /** null: an empty drive. */
  readonly source: DomainDiskSource | null;
  readonly format: string | null;
  readonly shareable: boolean;
  readonly element: XmlElement;
}

export function disksOf(domain: XmlElement): readonly DomainDisk[] {
  return childrenNamed(child(domain, "devices"), "disk").map((disk) => ({
    target: attribute(child(disk, "target"), "dev") ?? "",
    device: attribute(disk, "device") ?? "disk",
    source: sourceOf(child(disk, "source")),
    format: attribute(child(disk, "driver"), "type"),
    shareable: child(disk, "shareable") !== undefined,
    element: disk,
  }));
}

function sourceOf(source: XmlElement | undefined): DomainDiskSource | null {
  const path = attribute(source, "file") ?? attribute(source, "dev") ?? attribute(source, "dir");
  if (path !== null) return { kind: "file", path };
  const [pool, volume] = [attribute(source, "pool"), attribute(source, "volume")];
  if (pool !== null && volume !== null) return { kind: "volume", pool, volume };
  const [protocol, image] = [attribute(source, "protocol"), attribute(source, "name")];
  if (protocol !== null && image !== null) return { kind: "network", protocol, image };
  return null;
}
