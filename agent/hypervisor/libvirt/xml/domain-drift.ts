/**
 * In what a domain that runs differs from what it was made from. libvirt fills in a great deal (aliases, addresses,
 * controllers, labels, the chain behind an image), so only what was asked for is looked for, and of what was not asked
 * for only what a hand must have added counts.
 */
import { sizeOf } from "../../../../reconciler/domain-xml/sizes.ts";
import type { DomainDifference } from "../../../../reconciler/model/observed.ts";
import type { DomainSpec } from "../../../../reconciler/model/step.ts";
import {
  attribute,
  child,
  childrenNamed,
  elementsOf,
  textOf,
  type XmlElement,
} from "../../../../reconciler/xml/xml-element.ts";
import { domainElement } from "./domain-xml.ts";
import { mebibytes } from "./memory.ts";
import type { DomainXmlOptions } from "./options.ts";

/** `path`: elements, devices by what tells them apart, an attribute: `disk[sda]/driver@cache`. */
export type DomainDrift = Pick<DomainDifference, "path" | "wanted" | "live" | "takes" | "by">;

/** `live`: a domain's XML as libvirt gives it. `spec`: what the domain should be. */
export function domainDrift(
  live: XmlElement,
  spec: DomainSpec,
  options: DomainXmlOptions,
): readonly DomainDrift[] {
  const wanted = domainElement(spec, 0, options);
  const found = compare(wanted, live, "");
  return found.map((one) => ({ ...one, takes: takesOf(one, live), by: byWhom(one) }));
}

type Difference = Omit<DomainDrift, "takes" | "by">;

/** Not compared: what Evenkeel keeps of its own, and what libvirt makes of a CPU that it is to work out itself. */
const ignored = new Set(["metadata", "cpu@check", "cpu/model@fallback"]);

/** What libvirt never adds by itself, by the element that it is in. */
const tellingAdditions: Readonly<Record<string, ReadonlySet<string>>> = {
  domain: new Set(["memtune", "cputune", "blkiotune", "iothreads"]),
  devices: new Set([
    "disk",
    "interface",
    "hostdev",
    "filesystem",
    "redirdev",
    "shmem",
    "memory",
    "tpm",
    "lease",
  ]),
  disk: new Set(["iotune", "mirror", "readonly", "shareable"]),
  interface: new Set(["bandwidth", "link", "filterref"]),
};

function compare(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  if (wanted.name === "memory" || wanted.name === "currentMemory") return compareSizes(wanted, live, path);
  if (wanted.name === "vcpu") return compareCpus(wanted, live);
  return [
    ...compareAttributes(wanted, live, path),
    ...compareText(wanted, live, path),
    ...compareChildren(wanted, live, path),
    ...additions(wanted, live, path),
  ];
}

/** To the MiB: what libvirt gives. */
function compareSizes(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  const [asked, given] = [sizeOf(wanted) ?? 0, sizeOf(live) ?? 0].map(mebibytes);
  if (asked === given) return [];
  return [{ path, wanted: `${String(asked)}MiB`, live: `${String(given)}MiB` }];
}

/** Where all CPUs are plugged in libvirt does not say how many are. */
function compareCpus(wanted: XmlElement, live: XmlElement): readonly Difference[] {
  const most = [textOf(wanted).trim(), textOf(live).trim()] as const;
  const current = [attribute(wanted, "current") ?? most[0], attribute(live, "current") ?? most[1]] as const;
  const named = [
    ["vcpu", most],
    ["vcpu@current", current],
  ] as const;
  return named.flatMap(([path, [asked, given]]) =>
    asked === given ? [] : [{ path, wanted: asked, live: given }],
  );
}

function compareAttributes(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  return [...wanted.attributes].flatMap(([key, value]) => {
    const at = path === "" ? `@${key}` : `${path}@${key}`;
    const given = attribute(live, key);
    if (ignored.has(at) || key.startsWith("xmlns") || isOfItsRun(wanted, key, path)) return [];
    if (isSameValue(key, value, given)) return [];
    return [{ path: at, wanted: value, live: given }];
  });
}

/** What libvirt made up for the run that a `domain.xml` was read from; it makes up another one for the next. */
function isOfItsRun(wanted: XmlElement, key: string, path: string): boolean {
  const value = attribute(wanted, key) ?? "";
  if (wanted.name === "alias") return !value.startsWith("ua-");
  if (path.startsWith("interface[") && path.endsWith("/target"))
    return /^(?:vnet|macvtap|macvlan)\d+$/.test(value);
  if (value.startsWith("/dev/pts/")) return true;
  return (
    wanted.name === "graphics" && key !== "autoport" && attribute(wanted, "autoport") === "yes" && isPort(key)
  );
}

function isPort(key: string): boolean {
  return ["port", "tlsPort", "websocket"].includes(key);
}

function compareText(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  if (elementsOf(wanted).length > 0) return [];
  const [asked, given] = [textOf(wanted).trim(), textOf(live).trim()];
  if (asked === "" || asked.toLowerCase() === given.toLowerCase()) return [];
  return [{ path, wanted: asked, live: given }];
}

function compareChildren(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  if (wanted.name === "cpu" && attribute(wanted, "mode") !== "custom") return [];
  const taken = new Set<XmlElement>();
  return elementsOf(wanted).flatMap((one) => {
    if (ignored.has(one.name)) return [];
    const at = pathOf(path, one);
    const counterpart =
      elementsOf(live).find((other) => !taken.has(other) && isCounterpart(one, other)) ?? unsaid(one, live);
    if (counterpart === undefined)
      return isAbsence(one) ? [] : [{ path: at, wanted: inWords(one), live: null }];
    taken.add(counterpart);
    return compare(one, counterpart, at);
  });
}

/** A domain that was only written down, and does not say how much memory it has now, has all of it. */
function unsaid(wanted: XmlElement, live: XmlElement): XmlElement | undefined {
  return wanted.name === "currentMemory" ? child(live, "memory") : undefined;
}

function additions(wanted: XmlElement, live: XmlElement, path: string): readonly Difference[] {
  const telling = tellingAdditions[wanted.name];
  if (telling === undefined) return [];
  return elementsOf(live).flatMap((one) => {
    if (!telling.has(one.name) || isEmptyTuning(one)) return [];
    if (elementsOf(wanted).some((other) => isCounterpart(other, one))) return [];
    return [{ path: pathOf(path, one), wanted: null, live: inWords(one) }];
  });
}

/** The devices of a kind are told apart by these; all else comes once, or in order. */
const keys: Readonly<Record<string, (of: XmlElement) => string>> = {
  disk: (of) => attribute(child(of, "target"), "dev") ?? "",
  interface: (of) => attribute(child(of, "mac"), "address")?.toLowerCase() ?? "",
  controller: (of) => `${attribute(of, "type") ?? ""} ${attribute(of, "index") ?? "0"}`,
  timer: (of) => attribute(of, "name") ?? "",
  feature: (of) => attribute(of, "name") ?? "",
  channel: (of) => attribute(child(of, "target"), "name") ?? "",
  hostdev: (of) => [...(child(child(of, "source"), "address")?.attributes.values() ?? [])].join(":"),
  filesystem: (of) => attribute(child(of, "target"), "dir") ?? "",
};

function isCounterpart(wanted: XmlElement, live: XmlElement): boolean {
  if (wanted.name !== live.name) return false;
  const key = keys[wanted.name]?.(wanted) ?? "";
  // A card without an address gets one from libvirt.
  return key === "" || key === keys[wanted.name]?.(live);
}

function pathOf(parent: string, of: XmlElement): string {
  const key = keys[of.name]?.(of) ?? "";
  const name = key === "" ? of.name : `${of.name}[${key}]`;
  return parent === "" || parent === "devices" ? name : `${parent}/${name}`;
}

/** libvirt leaves out what says that something is not there. */
function isAbsence(of: XmlElement): boolean {
  return attribute(of, "model") === "none" || attribute(of, "present") === "no" || of.name === "seclabel";
}

function isEmptyTuning(of: XmlElement): boolean {
  const isUp = of.name === "link" && attribute(of, "state") === "up";
  return isUp || (of.name.endsWith("tune") && elementsOf(of).length === 0);
}

function isSameValue(key: string, wanted: string, live: string | null): boolean {
  if (live === null) return wanted === "default" || wanted === "";
  if (wanted === live || wanted.toLowerCase() === live.toLowerCase()) return true;
  // A port that libvirt is to choose, a machine type without its version.
  if (wanted === "-1") return true;
  if (key === "machine") return isAlias(wanted, live);
  return isNumber(wanted) && isNumber(live) && Number(wanted) === Number(live);
}

function isAlias(machine: string, live: string): boolean {
  if (machine === "pc") return live.startsWith("pc-i440fx-");
  return machine === "q35" && live.startsWith("pc-q35-");
}

function isNumber(text: string): boolean {
  return /^(?:0x[0-9a-f]+|\d+)$/i.test(text);
}

/** `file=/srv/x.img` of the source, `32` of a text: enough to know it by. */
function inWords(of: XmlElement): string {
  const source = child(of, "source");
  const from = source === undefined ? of : source;
  const words = [...from.attributes].map(([key, value]) => `${key}=${value}`);
  const inside = elementsOf(from)
    .filter(({ name }) => name !== "address" && name !== "alias")
    .map((one) => `${one.name} ${textOf(one).trim()}`.trim());
  const text = elementsOf(from).length === 0 ? textOf(from).trim() : "";
  return [...words, ...inside, text].filter((word) => word !== "").join(" ") || "there";
}

const liveFields =
  /^(?:currentMemory|vcpu@current|memtune|cputune|blkiotune|on_(?:poweroff|reboot|crash)|title|description)(?:$|[@/])/;
const livePartsOfDevices =
  /^(?:disk|interface|hostdev|redirdev)\[[^\]]*\](?:$|\/iotune|\/bandwidth|\/link|\/filterref|\/source)/;

/**
 * What nobody changes in a guest that runs: it was made so, by an agent of other settings or another version, or before
 * it was adopted.
 */
const fixedForARun =
  /^(?:@|(?:os|features|cpu|clock|pm|emulator|memory|memoryBacking|numatune|iothreads)(?:$|[@/])|vcpu(?:$|@placement)|(?:serial|console)\/log|on_)/;

function byWhom({ path }: Difference): DomainDrift["by"] {
  return fixedForARun.test(path) ? "settings" : "hand";
}

function takesOf({ path, wanted }: Difference, live: XmlElement): DomainDrift["takes"] {
  if (isBeyondBounds(path, wanted, live)) return "restart";
  return liveFields.test(path) || livePartsOfDevices.test(path) ? "live" : "next-restart";
}

/** More memory or CPUs than the run was started with room for. */
function isBeyondBounds(path: string, wanted: string | null, live: XmlElement): boolean {
  if (path === "currentMemory") {
    return Number.parseInt(wanted ?? "0", 10) > mebibytes(sizeOf(child(live, "memory")) ?? 0);
  }
  return path === "vcpu@current" && Number(wanted) > Number(textOf(childrenNamed(live, "vcpu")[0]));
}
