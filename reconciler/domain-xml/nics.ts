import { attribute, child, childrenNamed, type XmlElement } from "../xml/xml-element.ts";

export interface DomainNic {
  /** In lower case; null: libvirt makes one. */
  readonly mac: string | null;
  readonly type: string;
  /** The bridge or libvirt network that it is plugged into; null: something else. */
  readonly source: string | null;
  readonly element: XmlElement;
}

export function nicsOf(domain: XmlElement): readonly DomainNic[] {
  return childrenNamed(child(domain, "devices"), "interface").map((nic) => {
    const source = child(nic, "source");
    return {
      mac: attribute(child(nic, "mac"), "address")?.toLowerCase() ?? null,
      type: attribute(nic, "type") ?? "",
      // A card of a libvirt network names its bridge too, once it runs.
      source: attribute(source, "network") ?? attribute(source, "bridge"),
      element: nic,
    };
  });
}
