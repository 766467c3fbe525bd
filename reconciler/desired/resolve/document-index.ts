import { byName, type ObjectId } from "../../model/names.ts";
import type {
  AnyDocument,
  ClusterDocument,
  NetworkDocument,
  NodeDocument,
  ProfileDocument,
  StoragePoolDocument,
  VmDocument,
} from "../schema/documents.ts";
import { idOf, placeOf, type SourceDocument } from "../source-document.ts";
import { unreachable } from "../../model/unreachable.ts";
import type { PlacedFinding } from "./placed-finding.ts";

type ByName<D extends AnyDocument> = Map<string, SourceDocument<D>>;

/** The documents by kind and name, each kind in the order of names whatever files they came from. */
export class DocumentIndex {
  cluster: SourceDocument<ClusterDocument> | undefined = undefined;
  readonly nodes: ByName<NodeDocument> = new Map();
  readonly profiles: ByName<ProfileDocument> = new Map();
  readonly vms: ByName<VmDocument> = new Map();
  readonly networks: ByName<NetworkDocument> = new Map();
  readonly pools: ByName<StoragePoolDocument> = new Map();
  readonly byId = new Map<ObjectId, SourceDocument>();
  /** Objects that are defined more than once; the first definition counts. */
  readonly findings: PlacedFinding[] = [];

  constructor(sources: readonly SourceDocument[]) {
    const keyed = sources.map((source) => ({ source, id: idOf(source.document) }));
    keyed.sort((a, b) => byName(a.id, b.id) || byPlace(a.source, b.source));
    for (const { source, id } of keyed) this.#add(source, id);
  }

  #add(source: SourceDocument, id: ObjectId): void {
    const first = source.document.kind === "Cluster" ? this.cluster : this.byId.get(id);
    if (first === undefined) {
      this.byId.set(id, source);
      this.#addToKind(source);
    } else {
      this.findings.push({ source, finding: secondOf(first, source.document) });
    }
  }

  #addToKind({ document, ...place }: SourceDocument): void {
    switch (document.kind) {
      case "Cluster":
        this.cluster = { document, ...place };
        break;
      case "Node":
        this.nodes.set(document.name, { document, ...place });
        break;
      case "Profile":
        this.profiles.set(document.name, { document, ...place });
        break;
      case "VM":
        this.vms.set(document.name, { document, ...place });
        break;
      case "Network":
        this.networks.set(document.name, { document, ...place });
        break;
      case "StoragePool":
        this.pools.set(document.name, { document, ...place });
        break;
      default:
        unreachable(document);
    }
  }
}

function secondOf(first: SourceDocument, document: AnyDocument): PlacedFinding["finding"] {
  const at = { path: ["name"], at: "value" } as const;
  if (document.kind === "Cluster") {
    const message = `a second Cluster; the first is at ${placeOf(first)}`;
    return { code: "cluster.several", ...at, message, advice: "keep one of the two" };
  }
  const message = `${document.kind} ${document.name} is defined twice: here and at ${placeOf(first)}`;
  return { code: "object.duplicate", ...at, message, advice: "rename or remove one of the two" };
}

function byPlace(a: SourceDocument, b: SourceDocument): number {
  return byName(a.file, b.file) || a.line - b.line;
}
