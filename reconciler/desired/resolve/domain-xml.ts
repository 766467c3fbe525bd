import { disksOf } from "../../domain-xml/disks.ts";
import { nicsOf } from "../../domain-xml/nics.ts";
import { readBasics } from "../../domain-xml/read-domain.ts";
import { startTag } from "../../domain-xml/schema/start-tag.ts";
import { readXml } from "../../xml/read-xml.ts";
import { child, textOf, type XmlElement } from "../../xml/xml-element.ts";

type Range = readonly [number, number];

/** What a domain's own XML uses that no other VM may use, each with where it says so. */
export interface DomainXmlUse {
  readonly uuid: { readonly uuid: string; readonly at: Range } | null;
  readonly disks: readonly {
    /** `pool/name` of a volume or network image, or a path. */
    readonly source: string;
    readonly isFile: boolean;
    readonly shared: boolean;
    readonly at: Range;
  }[];
  readonly macs: readonly { readonly mac: string; readonly at: Range }[];
}

/** Whether a `domain.xml` field holds the XML itself; else it is the name of a file. */
export function isXmlText(xml: string): boolean {
  return xml.trimStart().startsWith("<");
}

/** Nothing, where the text is no XML: that is said elsewhere. */
export function usedByXml(xml: string): DomainXmlUse {
  const reading = readXml(xml);
  if (!reading.ok) return { uuid: null, disks: [], macs: [] };
  const { root } = reading;
  const { uuid } = readBasics(root);
  return {
    uuid: uuid === null ? null : { uuid, at: tagOf(xml, child(root, "uuid")) },
    disks: [...diskUses(root, xml), ...variableStore(root, xml)],
    macs: nicsOf(root).flatMap(({ mac, element }) =>
      mac === null ? [] : [{ mac, at: valueOf(xml, child(element, "mac"), ["address"]) }],
    ),
  };
}

function diskUses(root: XmlElement, xml: string): DomainXmlUse["disks"] {
  return disksOf(root).flatMap(({ source, shareable: shared, element }): DomainXmlUse["disks"] => {
    const at = valueOf(xml, child(element, "source"), ["file", "dev", "dir", "volume", "name"]);
    switch (source?.kind) {
      case undefined:
        return [];
      case "file":
        return [{ source: source.path, isFile: true, shared, at }];
      case "volume":
        return [{ source: `${source.pool}/${source.volume}`, isFile: false, shared, at }];
      case "network":
        return [{ source: source.image, isFile: false, shared, at }];
    }
  });
}

/** UEFI's variables: a file that the guest writes as it does a disk. */
function variableStore(root: XmlElement, xml: string): DomainXmlUse["disks"] {
  const nvram = child(child(root, "os"), "nvram");
  const path = textOf(nvram).trim();
  return path === "" ? [] : [{ source: path, isFile: true, shared: false, at: tagOf(xml, nvram) }];
}

/** The name in an element's start tag. */
export function tagOf(xml: string, of: XmlElement | undefined): Range {
  return of?.start == null ? [0, 1] : startTag(xml, of.start).name;
}

/** The value of the first of these attributes that an element has. */
export function valueOf(xml: string, of: XmlElement | undefined, attributes: readonly string[]): Range {
  if (of?.start == null) return [0, 1];
  const tag = startTag(xml, of.start);
  const key = attributes.find((name) => tag.attributes.has(name));
  return (key === undefined ? undefined : tag.attributes.get(key)?.value) ?? tag.name;
}
