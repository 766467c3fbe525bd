import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import { readBasics } from "../../../../reconciler/domain-xml/read-domain.ts";
import {
  attribute,
  child,
  element,
  elementsOf,
  withAttributes,
  withChildren,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { lifecycle } from "./generated-xml.ts";
import { memoryXml } from "./memory.ts";
import type { DomainXmlOptions } from "./options.ts";
import { isRecord } from "./record.ts";
import { escapeHatch, wantedDevices } from "./wanted-devices.ts";

/**
 * A `domain.xml` with what the document says put into it. The document has the last word on the name, UUID, memory and
 * CPUs, on its own disks and cards, and on what the end of a run means; how far memory and CPUs may grow, and all else,
 * is as the XML has it.
 * @throws HypervisorError `refused`, `unsupported`
 */
export function mergedXml(
  spec: DomainSpec,
  xml: string,
  record: XmlElement,
  options: DomainXmlOptions,
): XmlElement {
  const root = withAttributes(escapeHatch(xml), { id: null });
  const said = [
    element("name", {}, [spec.domainName]),
    element("uuid", {}, [spec.uuid]),
    metadata(root, record),
    ...memory(root, spec),
    vcpu(root, spec),
    ...Object.entries(lifecycle).map(([name, action]) => element(name, {}, [action])),
  ];
  const names = new Set(said.map(({ name }) => name));
  const kept = elementsOf(root).filter((one) => !names.has(one.name) && one.name !== "devices");
  return withChildren(root, [...said, ...kept, devices(root, spec, options)]);
}

/** Other programs' metadata stays. */
function metadata(root: XmlElement, record: XmlElement): XmlElement {
  const own = child(root, "metadata");
  if (own === undefined) return element("metadata", {}, [record]);
  const others = elementsOf(own).filter((one) => !isRecord(one, [root, own, one]));
  return withChildren(own, [...others, record]);
}

function memory(root: XmlElement, { hardware }: DomainSpec): readonly XmlElement[] {
  const most = readBasics(root).maxMemoryBytes ?? 0;
  return [
    memoryXml("memory", Math.max(most, hardware.memoryBytes)),
    memoryXml("currentMemory", hardware.memoryBytes),
  ];
}

function vcpu(root: XmlElement, { hardware }: DomainSpec): XmlElement {
  const own = child(root, "vcpu") ?? element("vcpu", { placement: "static" });
  const most = Math.max(readBasics(root).maxCpus, hardware.cpus);
  const current = most === hardware.cpus ? null : hardware.cpus;
  return withChildren(withAttributes(own, { current }), [String(most)]);
}

function devices(root: XmlElement, spec: DomainSpec, options: DomainXmlOptions): XmlElement {
  const own = child(root, "devices") ?? element("devices");
  const wanted = wantedDevices(spec, options);
  const others = elementsOf(own).filter(({ name }) => name !== "disk" && name !== "interface");
  const emulator =
    options.emulator !== null && attribute(root, "type") === options.type ? options.emulator : null;
  const hasEmulator = others.some(({ name }) => name === "emulator");
  return withChildren(own, [
    ...(emulator === null || hasEmulator ? [] : [element("emulator", {}, [emulator])]),
    ...others,
    ...wanted.disks.map((disk) => disk.element),
    ...wanted.nics.map((nic) => nic.element),
  ]);
}
