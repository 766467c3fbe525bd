/** An existing domain as a VM document: what of it the fields can say, and all of it as `domain.xml`. Pure. */
import { disksOf } from "../../domain-xml/disks.ts";
import { nicsOf } from "../../domain-xml/nics.ts";
import { readBasics } from "../../domain-xml/read-domain.ts";
import { readXml } from "../../xml/read-xml.ts";
import { child, type XmlElement } from "../../xml/xml-element.ts";
import { legalName } from "../legal-name.ts";
import type { NetworkDocument, VmDocument } from "../schema/documents.ts";
import { formatSize } from "../sizes.ts";

export interface ImportedDomain {
  readonly document: VmDocument;
  /** Networks that its cards are plugged into; to be written where they are not defined yet. */
  readonly networks: readonly NetworkDocument[];
  /** The file that `document.domain.xml` names, and its text: as it was given, to the character. */
  readonly file: string;
  readonly xml: string;
  /** null: its XML names none. */
  readonly uuid: string | null;
  /** What stays in the XML alone, and is not seen by the planner: one sentence each. */
  readonly remarks: readonly string[];
}

export type ImportResult =
  { readonly ok: true; readonly imported: ImportedDomain } | { readonly ok: false; readonly why: string };

const legalDevice = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const legalPath = /^(?:\/[^/\u0000-\u001f]+)+$/;
const legalMac = /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/;
const legalBridge = /^[A-Za-z][A-Za-z0-9._-]{0,14}$/;

/**
 * `xml`: as `virsh dumpxml` writes it, of a domain that runs or is only defined. `bridges`: names of the networks that
 * are defined already, by their bridge. Nothing starts or stops for it: one that is off is `stopped`. `whereItRuns`: one
 * that runs is `running` where its node is known, whose agent takes it over; else `disabled`, since it runs without
 * Evenkeel, and must not be started a second time.
 */
export function importDomain(
  xml: string,
  bridges: ReadonlyMap<string, string> = new Map(),
  whereItRuns: "known" | "unknown" = "unknown",
): ImportResult {
  const reading = readXml(xml);
  if (!reading.ok) return { ok: false, why: `it is no XML: ${reading.problem.message}` };
  const { root } = reading;
  if (root.name !== "domain") return { ok: false, why: `it is a <${root.name}>, not a domain` };
  const { name, uuid, memoryBytes, cpus } = readBasics(root);
  if (name === null || memoryBytes === null) return { ok: false, why: "it has no name, or no memory" };
  const vm = legalName(name.replaceAll(".", "-"));
  if (vm === undefined) return { ok: false, why: `no name of a VM can be made from ${name}` };
  const disks = importDisks(root);
  const nics = importNics(root, bridges);
  const file = `${vm}.xml`;
  const asItRuns = whereItRuns === "known" ? "running" : "disabled";
  const document: VmDocument = {
    kind: "VM",
    name: vm,
    state: root.attributes.has("id") ? asItRuns : "stopped",
    memory: formatSize(memoryBytes),
    cpus,
    ...(disks.documents.length === 0 ? {} : { disks: disks.documents }),
    ...(nics.documents.length === 0 ? {} : { nics: nics.documents }),
    domain: { xml: file, ...(vm === name ? {} : { name }) },
  };
  const remarks = [...disks.remarks, ...nics.remarks];
  return { ok: true, imported: { document, networks: nics.networks, file, xml, uuid, remarks } };
}

type DiskDocument = NonNullable<VmDocument["disks"]>[number];
type NicDocument = NonNullable<VmDocument["nics"]>[number];

/** Files and devices of the node. Where the rest of a domain's data is, only its XML says. */
function importDisks(root: XmlElement): {
  readonly documents: readonly DiskDocument[];
  readonly remarks: readonly string[];
} {
  const documents: DiskDocument[] = [];
  const remarks: string[] = [];
  for (const { target, source, shareable, device, element } of disksOf(root)) {
    if (source === null) continue;
    if (source.kind === "file" && legalDevice.test(target) && legalPath.test(source.path)) {
      // What is only read harms nobody who reads it too.
      const isShared = shareable || device === "cdrom" || child(element, "readonly") !== undefined;
      documents.push({ name: target, file: source.path, ...(isShared ? { shared: true } : {}) });
    } else {
      remarks.push(`disk ${target} stays in the XML alone: its data is no file of the node`);
    }
  }
  return { documents, remarks };
}

function importNics(
  root: XmlElement,
  bridges: ReadonlyMap<string, string>,
): {
  readonly documents: readonly NicDocument[];
  readonly networks: readonly NetworkDocument[];
  readonly remarks: readonly string[];
} {
  const documents: NicDocument[] = [];
  const networks = new Map<string, NetworkDocument>();
  const remarks: string[] = [];
  for (const [index, { type, mac, source }] of nicsOf(root).entries()) {
    const name = `eth${String(index)}`;
    const defined = bridges.get(source ?? "");
    const network = defined ?? (source === null ? undefined : legalName(source.replaceAll(".", "-")));
    const isBridge = type === "bridge" && source !== null && legalBridge.test(source);
    const known = network === undefined ? undefined : networks.get(network);
    if (
      isBridge &&
      mac !== null &&
      legalMac.test(mac) &&
      network !== undefined &&
      (known?.bridge ?? source) === source
    ) {
      documents.push({ name, network, mac });
      if (defined === undefined)
        networks.set(network, { kind: "Network", name: network, type: "bridge", bridge: source });
    } else {
      remarks.push(
        `card ${String(index + 1)} stays in the XML alone: it is not plugged into a bridge of the node`,
      );
    }
  }
  return { documents, networks: [...networks.values()], remarks };
}
