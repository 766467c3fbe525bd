import { readXml } from "../xml/read-xml.ts";
import { attribute, child, textOf, type XmlElement } from "../xml/xml-element.ts";
import { sizeOf } from "./sizes.ts";

/** What every domain says of itself. null where it does not, and libvirt fills it in. */
export interface DomainBasics {
  readonly name: string | null;
  /** With dashes, in lower case. */
  readonly uuid: string | null;
  readonly memoryBytes: number | null;
  /** The most that it may grow to while it runs. */
  readonly maxMemoryBytes: number | null;
  readonly cpus: number;
  readonly maxCpus: number;
}

/** The UUID that a domain XML names; null: none, or it is no XML. */
export function uuidInXml(xml: string): string | null {
  const reading = readXml(xml);
  return reading.ok ? readBasics(reading.root).uuid : null;
}

export function readBasics(domain: XmlElement): DomainBasics {
  const maxMemoryBytes = sizeOf(child(domain, "memory"));
  const vcpu = child(domain, "vcpu");
  const maxCpus = count(textOf(vcpu)) ?? 1;
  return {
    name: text(child(domain, "name")),
    uuid: uuidOf(text(child(domain, "uuid"))),
    memoryBytes: sizeOf(child(domain, "currentMemory")) ?? maxMemoryBytes,
    maxMemoryBytes,
    cpus: count(attribute(vcpu, "current") ?? "") ?? maxCpus,
    maxCpus,
  };
}

function text(of: XmlElement | undefined): string | null {
  const trimmed = textOf(of).trim();
  return trimmed === "" ? null : trimmed;
}

function count(written: string): number | null {
  const trimmed = written.trim();
  return /^[1-9]\d{0,4}$/.test(trimmed) ? Number(trimmed) : null;
}

/** libvirt takes a UUID with dashes anywhere, or with none. */
function uuidOf(written: string | null): string | null {
  const digits = written?.replaceAll(/[-\s]/g, "").toLowerCase() ?? "";
  if (!/^[0-9a-f]{32}$/.test(digits)) return null;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
