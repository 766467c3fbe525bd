/** Everything that is known of one object: what is wanted of it, how it is, and what happened to it. */
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import { isAbout } from "../reconciler/control/report/drift-words.ts";
import type { Desired, SourcePosition } from "../reconciler/model/desired.ts";
import { type Kind, objectId } from "../reconciler/model/names.ts";
import type { BlockedReport, DriftReport, NodeReport, VmReport } from "../reconciler/model/report.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import type { EventItem } from "../reconciler/control/report/event-item.ts";
import { reportEvents } from "./listings/events.ts";
import type { View } from "./listings/listing.ts";
import { kindsWord, kindWord, type NamedObject, notFound } from "./output/object-names.ts";

/** `keel describe -o json`. */
export interface DescribeReport {
  readonly kind: Kind;
  readonly name: string;
  readonly source: SourcePosition | null;
  /** What is applied, profiles merged and defaults filled in; null: no document names it any more. */
  readonly spec: object | null;
  /** Of VMs and nodes alone: the row of `keel get -o json`. */
  readonly status: VmReport | NodeReport | null;
  readonly blocked: readonly BlockedReport[];
  readonly drift: readonly DriftReport[];
  /** Oldest first. */
  readonly events: readonly EventItem[];
}

/** @throws KeelError `not-found` */
export function describeObject(view: View, { kind, name }: NamedObject): DescribeReport {
  const { state, report } = view;
  const spec = specOf(state, kind, name);
  const status = statusOf(view, kind, name);
  if (spec === null && status === null) {
    throw notFound(kindWord(kind), kindsWord(kind), name, namesOf(view, kind));
  }
  const id = objectId(kind, name);
  return {
    kind,
    name,
    source: state.desired.sources.get(id) ?? null,
    spec,
    status,
    blocked: report.blocked.filter(({ object }) => object === id),
    drift: report.drift.filter((entry) => isAbout(entry, kind, name)),
    events: reportEvents(view).filter(({ object }) => object === id),
  };
}

function statusOf({ report }: View, kind: Kind, name: string): VmReport | NodeReport | null {
  if (kind === "VM") return report.vms.find((vm) => vm.name === name) ?? null;
  return kind === "Node" ? (report.nodes.find((node) => node.name === name) ?? null) : null;
}

function specOf(state: ClusterState, kind: Kind, name: string): object | null {
  if (kind === "Cluster") return state.desired.cluster.name === name ? state.desired.cluster : null;
  if (kind !== "Profile") return specsOf(state.desired, kind).get(name) ?? null;
  return state.applied.documents.get(objectId("Profile", name))?.document ?? null;
}

function specsOf(desired: Desired, kind: Exclude<Kind, "Cluster" | "Profile">): ReadonlyMap<string, object> {
  switch (kind) {
    case "VM":
      return desired.vms;
    case "Node":
      return desired.nodes;
    case "Network":
      return desired.networks;
    case "StoragePool":
      return desired.pools;
    default:
      return unreachable(kind);
  }
}

function namesOf({ state, report }: View, kind: Kind): readonly string[] {
  if (kind === "VM") return report.vms.map(({ name }) => name);
  if (kind === "Node") return report.nodes.map(({ name }) => name);
  if (kind === "Cluster") return [state.desired.cluster.name];
  if (kind !== "Profile") return [...specsOf(state.desired, kind).keys()];
  return [...state.applied.documents.values()]
    .filter(({ document }) => document.kind === "Profile")
    .map(({ document }) => document.name);
}
