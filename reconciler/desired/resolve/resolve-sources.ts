import type { Desired, Network, Node, SourcePosition, StoragePool, Vm } from "../../model/desired.ts";
import type { ObjectId } from "../../model/names.ts";
import { legalName } from "../legal-name.ts";
import { issueCodes } from "../issues/issue-codes.ts";
import { defaultPool } from "../schema/defaults.ts";
import type { AnyDocument, NodeDocument, VmDocument } from "../schema/documents.ts";
import type { SourceDocument } from "../source-document.ts";
import { checkBmcDevices } from "./check-bmc-devices.ts";
import { checkDomainXml } from "./check-domain-xml.ts";
import { Ownership } from "./check-ownership.ts";
import { checkReferences } from "./check-references.ts";
import { checkRenames } from "./check-renames.ts";
import { checkDevices, checkVm } from "./check-vm.ts";
import { Definitions } from "./definitions.ts";
import { DocumentIndex } from "./document-index.ts";
import { mergeLayers } from "./merge-vm.ts";
import { originOf } from "./origin.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import { ProfileChains } from "./profile-chains.ts";
import { resolveCluster } from "./resolve-cluster.ts";
import { checkNetwork, checkPool, resolveNetwork, resolvePool } from "./resolve-infrastructure.ts";
import type { ResolveMemory } from "./resolve-memory.ts";
import { checkBmc, impliedNode, resolveNode } from "./resolve-node.ts";
import type { ResolveOptions } from "./resolve-options.ts";
import { resolveVm } from "./resolve-vm.ts";

export interface Sources {
  readonly documents: readonly SourceDocument[];
  /** Objects that are there, but whose document is not legal. */
  readonly broken: ReadonlySet<ObjectId>;
  /** False where something could not be read, which may define anything. */
  readonly complete: boolean;
}

export interface Resolution {
  /** To be used only where no finding is an error. */
  readonly desired: Desired;
  readonly documents: ReadonlyMap<ObjectId, AnyDocument>;
  readonly findings: readonly PlacedFinding[];
}

/**
 * Legal documents to the desired state, and everything that is wrong with them together. Pure but for `memory`, which
 * changes nothing but the time it takes; the order of the documents does not matter.
 */
export function resolveSources(sources: Sources, options: ResolveOptions, memory: ResolveMemory): Resolution {
  return new Resolver(sources, options, memory).resolve();
}

class Resolver {
  readonly #sources: Sources;
  readonly #options: ResolveOptions;
  readonly #memory: ResolveMemory;
  readonly #index: DocumentIndex;
  readonly #findings: PlacedFinding[];

  constructor(sources: Sources, options: ResolveOptions, memory: ResolveMemory) {
    this.#sources = sources;
    this.#options = options;
    this.#memory = memory;
    this.#index = new DocumentIndex(sources.documents);
    this.#findings = [...this.#index.findings];
  }

  resolve(): Resolution {
    const { cluster, byId } = this.#index;
    this.#checkMaintenance();
    const nodes = this.#nodes();
    const networks = this.#networks();
    const pools = this.#pools();
    const defined = this.#definitions({ Node: nodes, Network: networks, StoragePool: pools });
    const vms = this.#vms(defined, pools);
    const sources = new Map<ObjectId, SourcePosition>();
    const documents = new Map<ObjectId, AnyDocument>();
    for (const [id, source] of byId) {
      sources.set(id, { file: source.file, line: source.line });
      documents.set(id, source.document);
    }
    const desired = { cluster: resolveCluster(cluster?.document), nodes, vms, networks, pools, sources };
    return { desired, documents, findings: this.#findings };
  }

  #definitions(names: ConstructorParameters<typeof Definitions>[0]): Definitions {
    return new Definitions(names, this.#sources.broken, this.#sources.complete);
  }

  #checkMaintenance(): void {
    for (const source of [this.#index.cluster, ...this.#index.nodes.values()]) {
      if (source?.document.maintenance !== true) continue;
      const message = "maintenance without a reason and without an end";
      const advice = 'write maintenance: { reason: "why", until: 2026-11-21T06:00:00Z }';
      const finding = {
        code: "maintenance.bare",
        path: ["maintenance"],
        at: "value",
        message,
        advice,
      } as const;
      this.#findings.push({ source, finding });
    }
  }

  #nodes(): ReadonlyMap<string, Node> {
    const resolved: { readonly node: Node; readonly source: SourceDocument<NodeDocument> }[] = [];
    for (const source of this.#index.nodes.values()) {
      resolved.push({ node: resolveNode(source.document), source });
      for (const finding of checkBmc(source.document, this.#options))
        this.#findings.push({ source, finding });
    }
    this.#findings.push(...checkBmcDevices(resolved));
    const anyNode = resolved.length > 0 || [...this.#sources.broken].some((id) => id.startsWith("Node/"));
    const nodes = anyNode ? resolved.map(({ node }) => node) : [impliedNode(this.#hostName())];
    return new Map(nodes.map((node) => [node.name, node]));
  }

  #hostName(): string {
    return legalName(this.#options.host) ?? "localhost";
  }

  #networks(): ReadonlyMap<string, Network> {
    const networks = new Map<string, Network>();
    for (const source of this.#index.networks.values()) {
      networks.set(source.document.name, resolveNetwork(source.document));
      for (const finding of checkNetwork(source.document)) this.#findings.push({ source, finding });
    }
    return networks;
  }

  #pools(): ReadonlyMap<string, StoragePool> {
    const pools = new Map<string, StoragePool>();
    if (!this.#index.pools.has(defaultPool)) {
      pools.set(defaultPool, resolvePool({ kind: "StoragePool", name: defaultPool, type: "dir" }));
    }
    for (const source of this.#index.pools.values()) {
      pools.set(source.document.name, resolvePool(source.document));
      for (const finding of checkPool(source.document)) this.#findings.push({ source, finding });
    }
    return pools;
  }

  #vms(defined: Definitions, pools: ReadonlyMap<string, StoragePool>): ReadonlyMap<string, Vm> {
    const { profiles } = this.#index;
    const known = this.#definitions({ Profile: profiles });
    const chains = new ProfileChains(profiles, (name) => known.has("Profile", name));
    for (const source of profiles.values()) {
      for (const finding of checkDevices(source.document)) this.#findings.push({ source, finding });
    }
    const ownership = new Ownership(pools.values());
    const vms = new Map<string, Vm>();
    for (const source of this.#index.vms.values()) {
      const layers = [...chains.chainOf(source), source];
      const { vm, isLegal } = this.#vm(source, layers);
      vms.set(vm.name, vm);
      for (const finding of checkReferences(vm, defined)) this.#findings.push(originOf(layers, finding));
      // A disk that is defined twice would only be said to be used twice as well.
      const uses = isLegal ? ownership.add(vm, source) : [];
      for (const finding of uses) this.#findings.push(originOf(layers, finding));
    }
    this.#findings.push(...chains.findings, ...checkRenames(this.#index.vms));
    return vms;
  }

  #vm(
    source: SourceDocument<VmDocument>,
    layers: Parameters<typeof checkVm>[0],
  ): { readonly vm: Vm; readonly isLegal: boolean } {
    const { document } = source;
    this.#checkXml(source);
    const profiles = layers.flatMap((layer) => (layer.document.kind === "Profile" ? [layer.document] : []));
    const known = this.#memory.legalVm(document, profiles);
    if (known !== undefined) return { vm: known, isLegal: true };
    const fields = mergeLayers([...profiles, document]);
    const vm = resolveVm(document, fields);
    const findings = checkVm(layers, source, fields, vm);
    if (findings.length === 0) this.#memory.keepLegalVm(document, profiles, vm);
    this.#findings.push(...findings);
    return { vm, isLegal: findings.every(({ finding }) => issueCodes[finding.code].severity !== "error") };
  }

  #checkXml(source: SourceDocument<VmDocument>): void {
    const { document } = source;
    const xml = document.domain?.xml;
    if (xml === undefined) return;
    const found = this.#memory.xmlFindings(document, () =>
      checkDomainXml(xml, this.#options.domainSchema?.()),
    );
    for (const finding of found) this.#findings.push({ source, finding });
  }
}
