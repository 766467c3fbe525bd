/** What is wrong with a VM's `domain.xml`, whatever else there is. */
import { disksOf } from "../../domain-xml/disks.ts";
import { nicsOf } from "../../domain-xml/nics.ts";
import { readBasics } from "../../domain-xml/read-domain.ts";
import { sizeOf } from "../../domain-xml/sizes.ts";
import type { Schema } from "../../domain-xml/schema/compile-schema.ts";
import { validate } from "../../domain-xml/schema/validate.ts";
import type { Vm } from "../../model/desired.ts";
import { readXml } from "../../xml/read-xml.ts";
import { attribute, child, childrenNamed, textOf, type XmlElement } from "../../xml/xml-element.ts";
import type { Finding } from "../issues/finding.ts";
import { didYouMean } from "../issues/suggest.ts";
import { isXmlText, tagOf, valueOf } from "./domain-xml.ts";

const path = ["domain", "xml"];

type Place = readonly [number, number];

function finding(code: Finding["code"], inXml: Place, message: string, advice: string): Finding {
  return { code, path, at: "value", message, advice, inXml };
}

/** The XML on its own. `schema`: libvirt's; null: not installed; undefined: it was checked before. */
export function checkDomainXml(xml: string, schema: Schema | null | undefined): readonly Finding[] {
  if (!isXmlText(xml)) {
    const message = `${xml} names a file, and there is no folder to read it from`;
    return [{ code: "domain.xml-missing", path, at: "value", message, advice: "write the XML itself" }];
  }
  const reading = readXml(xml);
  if (!reading.ok) {
    const { start, end, message, advice } = reading.problem;
    return [finding("domain.xml-malformed", [start, end], message, advice)];
  }
  const { root } = reading;
  if (root.name !== "domain") {
    const message = `<${root.name}> is not a libvirt domain`;
    const advice = "it must be one <domain …>…</domain>, as `virsh dumpxml` writes it";
    return [finding("domain.xml-illegal", tagOf(xml, root), message, advice)];
  }
  return [...bySchema(xml, root, schema), ...devicesTwice(xml, root), ...lifecycleOverruled(xml, root)];
}

function bySchema(xml: string, root: XmlElement, schema: Schema | null | undefined): readonly Finding[] {
  if (schema === undefined) return [];
  if (schema === null) {
    const message = "libvirt's schema is not installed here: only the form of the XML was checked";
    const advice =
      "install libvirt's client library (Debian: libvirt0), or look at what the node says at the start";
    return [{ code: "domain.xml-unchecked", path, at: "value", message, advice }];
  }
  const problem = validate(schema, root, xml);
  if (problem === null) return [];
  const { start, end, message, found, expected } = problem;
  return [finding("domain.xml-schema", [start, end], message, schemaAdvice(found, expected))];
}

const mostAlternatives = 12;

function schemaAdvice(found: string, expected: readonly string[]): string {
  const near = didYouMean(found, expected);
  if (near !== undefined && near !== found) return `did you mean ${near}?`;
  if (expected.length === 0) return "see libvirt's format of domains: https://libvirt.org/formatdomain.html";
  if (expected.includes(found)) return "it is there already, or comes too late";
  const shown = expected.slice(0, mostAlternatives).join(", ");
  return `possible here: ${shown}${expected.length > mostAlternatives ? " and others" : ""}`;
}

function devicesTwice(xml: string, root: XmlElement): readonly Finding[] {
  const named = [
    ...disksOf(root).map(
      ({ target, element }) => [`target ${target}`, child(element, "target"), "dev"] as const,
    ),
    ...nicsOf(root).flatMap(({ mac, element }) =>
      mac === null ? [] : [[`address ${mac}`, child(element, "mac"), "address"] as const],
    ),
  ];
  const seen = new Set<string>();
  return named.flatMap(([key, element, name]) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    const at = valueOf(xml, element, [name]);
    return [
      finding("domain.xml-device-twice", at, `two devices have the ${key}`, "give one of them another"),
    ];
  });
}

/** What every domain of Evenkeel does at the end of a run. */
const lifecycle = { on_poweroff: "destroy", on_reboot: "restart", on_crash: "destroy" } as const;

function lifecycleOverruled(xml: string, root: XmlElement): readonly Finding[] {
  return Object.entries(lifecycle).flatMap(([name, action]) => {
    const element = child(root, name);
    const said = textOf(element).trim();
    if (element === undefined || said === action) return [];
    const message = `<${name}> is ${action} for every VM, not ${said}`;
    const advice = "remove it; `restart:` in the document says what follows a crash";
    return [finding("domain.xml-overruled", tagOf(xml, element), message, advice)];
  });
}

/** The XML against the document that it belongs to. `saysCpus`: the document, or a profile, says how many. */
export function checkAgainstXml(vm: Vm, saysCpus: boolean): readonly Finding[] {
  const xml = vm.domain.xml;
  const reading = xml === null ? null : readXml(xml);
  if (xml === null || reading?.ok !== true || reading.root.name !== "domain") return [];
  const { root } = reading;
  return [
    ...cpusOverruled(xml, root, vm, saysCpus),
    ...fixedCpus(xml, root, vm),
    ...fixedMemory(xml, root, vm),
  ];
}

function cpusOverruled(xml: string, root: XmlElement, vm: Vm, saysCpus: boolean): readonly Finding[] {
  const { cpus } = readBasics(root);
  if (saysCpus || cpus === vm.cpus) return [];
  const message = `the XML says ${String(cpus)} CPUs, and the document, which says nothing of them, has ${String(vm.cpus)}`;
  const advice = `add cpus: ${String(cpus)} to the document, which has the last word`;
  return [finding("domain.xml-overruled", tagOf(xml, child(root, "vcpu")), message, advice)];
}

/** A topology is for so many CPUs and no other number. */
function fixedCpus(xml: string, root: XmlElement, vm: Vm): readonly Finding[] {
  const topology = child(child(root, "cpu"), "topology");
  if (topology === undefined) return [];
  const counts = ["sockets", "dies", "clusters", "cores", "threads"].map((name) =>
    Number(attribute(topology, name) ?? 1),
  );
  const total = counts.reduce((a, b) => a * b, 1);
  if (vm.cpus <= total) return [];
  const message = `the topology is for ${String(total)} CPUs, the document says ${String(vm.cpus)}`;
  const advice = "change the topology, or the document";
  return [finding("domain.xml-contradicts", tagOf(xml, topology), message, advice)];
}

/** NUMA cells say how much memory each has, and so how much there is. */
function fixedMemory(xml: string, root: XmlElement, vm: Vm): readonly Finding[] {
  const numa = child(child(root, "cpu"), "numa");
  const sizes = childrenNamed(numa, "cell").map((cell) => {
    const unit = attribute(cell, "unit");
    const memory = attribute(cell, "memory") ?? "";
    const attributes = new Map(unit === null ? [] : [["unit", unit]]);
    return sizeOf({ name: "memory", attributes, children: [memory], start: null }) ?? 0;
  });
  const total = sizes.reduce((a, b) => a + b, 0);
  if (numa === undefined || total >= vm.memoryBytes) return [];
  const message = `the NUMA cells hold ${String(total)} bytes of memory, the document says ${String(vm.memoryBytes)}`;
  return [finding("domain.xml-contradicts", tagOf(xml, numa), message, "change the cells, or the document")];
}
