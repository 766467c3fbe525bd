/** The XML of a domain, and what a domain's XML says: the two directions, for the hypervisor driver. */
import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import {
  child,
  element,
  elementsOf,
  withAttributes,
  withChildren,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { writeXml } from "../../../../reconciler/xml/write-xml.ts";
import { HypervisorError } from "../../hypervisor.ts";
import { generatedXml } from "./generated-xml.ts";
import { mergedXml } from "./merged-xml.ts";
import type { DomainXmlOptions } from "./options.ts";
import { isRecord, recordElement } from "./record.ts";

/**
 * What virDomainCreateXML is given. It carries VM, epoch and spec.
 * @throws HypervisorError `unsupported`: it needs what there is no driver for. `refused`: its `domain.xml` is no XML
 */
export function domainXml(spec: DomainSpec, epoch: number, options: DomainXmlOptions): string {
  return writeXml(domainElement(spec, epoch, options));
}

export function domainElement(spec: DomainSpec, epoch: number, options: DomainXmlOptions): XmlElement {
  const record = recordElement({ vm: spec.vm, epoch, spec });
  if (spec.xml !== null) return mergedXml(spec, spec.xml, record, options);
  const domain = generatedXml(spec, options);
  const at = domain.children.findIndex((one) => typeof one !== "string" && one.name === "memory");
  return { ...domain, children: domain.children.toSpliced(at, 0, element("metadata", {}, [record])) };
}

/**
 * The copy of a running domain (its migratable XML) under another epoch: what a migration makes at its target.
 * @throws HypervisorError `refused`: it is no domain of ours
 */
export function withEpoch(xml: string, epoch: number): string {
  const reading = readXml(xml);
  const metadata = reading.ok ? child(reading.root, "metadata") : undefined;
  if (!reading.ok || metadata === undefined) {
    throw new HypervisorError("refused", "the domain that is to migrate has no metadata of ours");
  }
  const { root } = reading;
  const changed = elementsOf(metadata).map((one) =>
    isRecord(one, [root, metadata, one]) ? withAttributes(one, { epoch }) : one,
  );
  const children = elementsOf(root).map((one) => (one === metadata ? withChildren(one, changed) : one));
  return writeXml(withChildren(root, children));
}
