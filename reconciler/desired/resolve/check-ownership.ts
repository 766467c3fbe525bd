import type { Disk, StoragePool, Vm } from "../../model/desired.ts";
import type { Finding } from "../issues/finding.ts";
import type { IssueCode } from "../issues/issue-codes.ts";
import { placeOf, type SourceDocument } from "../source-document.ts";
import { usedByXml } from "./domain-xml.ts";

interface Use {
  readonly owner: SourceDocument;
  readonly vm: Vm;
  readonly path: readonly string[];
  readonly shared: boolean;
  /** Where the domain XML says it. */
  readonly inXml?: readonly [number, number];
}

/**
 * Finds the second user of a volume, a file, a network address, a libvirt name or a UUID, as VMs are added one by one. A VM that is absent or
 * stopped uses what it names too: its data must not be written by another.
 */
export class Ownership {
  readonly #uses = new Map<string, Use>();
  /** Volumes by the folder that they lie in, for those that name the file itself. */
  readonly #poolsByPath: ReadonlyMap<string, string>;

  constructor(pools: Iterable<StoragePool>) {
    this.#poolsByPath = new Map(
      [...pools].flatMap((pool) => (pool.path === null ? [] : [[pool.path, pool.name] as const])),
    );
  }

  /** Findings have paths of the merged VM. */
  add(vm: Vm, owner: SourceDocument): readonly Finding[] {
    const findings: Finding[] = [];
    const use = (key: string, path: readonly string[], shared: boolean) => {
      const finding = this.#use(key, { owner, vm, path, shared });
      if (finding !== undefined) findings.push(finding);
    };
    for (const disk of vm.disks) {
      const path = ["disks", `[${disk.name}]`, disk.source];
      use(this.#diskKey(disk), path, disk.shared);
    }
    for (const nic of vm.nics) {
      if (nic.mac !== null) use(`mac ${nic.mac}`, ["nics", `[${nic.name}]`, "mac"], false);
    }
    use(`domain ${vm.domain.name ?? vm.name}`, ["domain", "name"], false);
    if (vm.domain.xml !== null) {
      findings.push(...this.#addXml(vm, vm.domain.xml, owner));
    }
    return findings;
  }

  /** A disk or card that the document names too is one and the same; the XML only says more of it. */
  #addXml(vm: Vm, xml: string, owner: SourceDocument): readonly Finding[] {
    const { uuid, disks, macs } = usedByXml(xml);
    const own = new Set([
      ...vm.disks.map((disk) => this.#diskKey(disk)),
      ...vm.nics.map((nic) => `mac ${nic.mac ?? ""}`),
    ]);
    const uses = [
      ...disks.map(({ source, isFile, shared, at }) => ({
        key: isFile ? this.#fileKey(source) : `volume ${source}`,
        shared,
        at,
      })),
      ...macs.map(({ mac, at }) => ({ key: `mac ${mac}`, shared: false, at })),
      ...(uuid === null ? [] : [{ key: `uuid ${uuid.uuid}`, shared: false, at: uuid.at }]),
    ];
    return uses.flatMap(({ key, shared, at }) => {
      if (own.has(key)) return [];
      return this.#use(key, { owner, vm, path: ["domain", "xml"], shared, inXml: at }) ?? [];
    });
  }

  #diskKey(disk: Disk): string {
    return disk.source === "file" ? this.#fileKey(disk.path) : volumeKey(disk.pool, disk.volume);
  }

  #use(key: string, use: Use): Finding | undefined {
    const first = this.#uses.get(key);
    if (first === undefined) {
      this.#uses.set(key, use);
      return undefined;
    }
    if (first.shared && use.shared && first.vm !== use.vm) return undefined;
    const by = first.vm === use.vm ? "this VM already" : `VM ${first.vm.name}`;
    const message = `the ${key} is used by ${by} (${placeOf(first.owner)})`;
    const marked = use.inXml === undefined ? {} : { inXml: use.inXml };
    return { ...complaint(key), path: use.path, at: "value", message, ...marked };
  }

  #fileKey(path: string): string {
    const slash = path.lastIndexOf("/");
    const pool = this.#poolsByPath.get(path.slice(0, slash));
    if (pool === undefined) return `file ${path}`;
    return volumeKey(pool, path.slice(slash + 1));
  }
}

function complaint(key: string): { readonly code: IssueCode; readonly advice: string } {
  if (key.startsWith("mac ")) {
    const advice = "give one of them another, or remove both: then they are made for you";
    return { code: "mac.used-twice", advice };
  }
  if (key.startsWith("uuid ")) {
    const advice = "a UUID is one domain's; remove it from one of them: then one is made";
    return { code: "domain.uuid-used-twice", advice };
  }
  if (key.startsWith("domain ")) {
    return {
      code: "domain.name-used-twice",
      advice: "libvirt knows one domain by a name; change one of the two",
    };
  }
  const advice = "give each its own; where both are meant to use it, write shared: true at both disks";
  return { code: "volume.used-twice", advice };
}

/** A volume and the file that it lies in are one thing, whichever of the two is named. */
function volumeKey(pool: string, volume: string): string {
  return `volume ${pool}/${volume.replace(/\.qcow2$/, "")}`;
}
