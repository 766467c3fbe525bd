/** Processors, as libvirt tells of them: what a host can show, and what a domain was given. */
import { createHash } from "node:crypto";
import { hostProcessor, type Processors } from "../../../../reconciler/model/observed.ts";
import { readXml } from "../../../../reconciler/xml/read-xml.ts";
import { writeXml } from "../../../../reconciler/xml/write-xml.ts";
import {
  attribute,
  child,
  childrenNamed,
  textOf,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { HypervisorError } from "../../hypervisor.ts";

/**
 * @param capabilities of the host
 * @param domainCapabilities of the machine type and the kind of virtualization that our domains have
 * @throws HypervisorError `refused`: they cannot be read
 */
export function readProcessors(capabilities: string, domainCapabilities: string): Processors {
  const host = child(child(rootOf(capabilities, "capabilities"), "host"), "cpu");
  const modes = childrenNamed(child(rootOf(domainCapabilities, "domainCapabilities"), "cpu"), "mode");
  const custom = modes.find((mode) => attribute(mode, "name") === "custom");
  const models = childrenNamed(custom, "model").filter((model) => attribute(model, "usable") === "yes");
  return { models: models.map(textOf).sort(), host: host === undefined ? "" : digestOf(host) };
}

const wholeHost: ReadonlySet<string> = new Set(["host-passthrough", "maximum"]);

/** The model of a domain's processor, or `host`; null: it says neither. */
export function processorOf(domain: XmlElement): string | null {
  const cpu = child(domain, "cpu");
  if (wholeHost.has(attribute(cpu, "mode") ?? "")) return hostProcessor;
  const model = textOf(child(cpu, "model")).trim();
  return model === "" ? null : model;
}

function rootOf(xml: string, name: string): XmlElement {
  const reading = readXml(xml);
  if (reading.ok && reading.root.name === name) return reading.root;
  throw new HypervisorError("refused", `libvirt's <${name}> cannot be read`);
}

/** Model, vendor, microcode, topology and features; the frequency of the moment is no part of the processor. */
function digestOf(cpu: XmlElement): string {
  const kept = cpu.children.filter((part) => typeof part === "string" || part.name !== "counter");
  return createHash("sha256")
    .update(writeXml({ ...cpu, children: kept }))
    .digest("hex")
    .slice(0, 16);
}
