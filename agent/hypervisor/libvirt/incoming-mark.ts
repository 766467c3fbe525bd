/**
 * A copy that waits for its hand-over looks to libvirt like a domain that somebody paused. So it carries a mark of its
 * own from its making on, which is taken away once it runs.
 */
import { readXml } from "../../../reconciler/xml/read-xml.ts";
import { writeXml } from "../../../reconciler/xml/write-xml.ts";
import { child, element, elementsOf, withChildren } from "../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../hypervisor.ts";

export const incomingNamespace = "urn:evenkeel:incoming";
const name = "incoming:copy";

/** The XML of a copy: as `xml`, marked. @throws HypervisorError `refused`: it is no domain of ours */
export function withMark(xml: string): string {
  const reading = readXml(xml);
  const metadata = reading.ok ? child(reading.root, "metadata") : undefined;
  if (!reading.ok || metadata === undefined) {
    throw new HypervisorError("refused", "the domain that is to migrate has no metadata of ours");
  }
  const mark = element(name, { "xmlns:incoming": incomingNamespace });
  const marked = withChildren(metadata, [...elementsOf(metadata).filter((one) => one.name !== name), mark]);
  const children = elementsOf(reading.root).map((one) => (one === metadata ? marked : one));
  return writeXml(withChildren(reading.root, children));
}

export function isMarked(xml: string): boolean {
  return xml.includes(incomingNamespace);
}
