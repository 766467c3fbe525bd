/** A plan as people read it: one entry an object, with what changes, what is done, and why. */
import { impliedNode } from "../../desired/resolve/resolve-node.ts";
import type { Desired } from "../../model/desired.ts";
import { byName, objectId, type ObjectId, parseObjectId, type VmName } from "../../model/names.ts";
import type { Drift, Plan } from "../../model/plan.ts";
import { reason } from "../../model/reasons.ts";
import {
  type BlockedReport,
  type ChangeReport,
  type ChangeWord,
  noChanges,
  type DriftReport,
  type PlanReport,
} from "../../model/report.ts";
import { fieldInDrift, placeInWords } from "./drift-words.ts";
import { fieldChanges } from "./field-changes.ts";
import { reportReason } from "./reasons.ts";
import type { AppliedState } from "./applied-for.ts";
import { vmChange } from "./vm-change.ts";

export interface PlanReportInput {
  readonly cluster: string;
  readonly generation: number;
  readonly applied: AppliedState;
  readonly next: Desired;
  readonly plan: Plan;
  readonly warnings: readonly string[];
}

export function reportPlan(input: PlanReportInput): PlanReport {
  const { applied, next, plan, warnings, cluster, generation } = input;
  const changes = [...objectChanges(applied.desired, next), ...vmChanges(input)];
  return {
    formatVersion: 1,
    cluster,
    generation,
    changes,
    blocked: plan.blocked.map(({ object, reason: why }): BlockedReport => {
      const id = objectId(object.kind, object.name);
      return { object: id, reason: reportReason(why), source: next.sources.get(id) ?? null };
    }),
    drift: plan.drift.map(reportDrift),
    warnings,
    summary: countWords(changes),
    hasChanges: changes.length > 0,
    undo: null,
  };
}

/** How many changes of each word. */
function countWords(changes: readonly ChangeReport[]): Record<ChangeWord, number> {
  const counts = { ...noChanges };
  for (const change of changes) counts[change.word] += 1;
  return counts;
}

function vmChanges({ applied, next, plan }: PlanReportInput): ChangeReport[] {
  const steps = Map.groupBy(plan.steps, (planned) => planned.step.vm);
  const formers = formerNames(applied.desired, next);
  const gone = new Set(formers.values());
  const names = new Set<VmName>([...next.vms.keys(), ...applied.desired.vms.keys(), ...steps.keys()]);
  return [...names]
    .filter((name) => !gone.has(name))
    .sort(byName)
    .map((name) =>
      vmChange({ name, former: formers.get(name) ?? name }, applied, next, steps.get(name) ?? []),
    )
    .filter((change) => change !== null);
}

/** The name until now of each VM that gets another one: it is one VM, and no orphan is left. */
function formerNames(previous: Desired, next: Desired): ReadonlyMap<VmName, VmName> {
  const renamed = [...next.vms.values()].flatMap(({ name, renamedFrom }) => {
    const isRenamed =
      renamedFrom !== null &&
      !previous.vms.has(name) &&
      previous.vms.has(renamedFrom) &&
      !next.vms.has(renamedFrom);
    return isRenamed ? [[name, renamedFrom] as const] : [];
  });
  return new Map(renamed);
}

/** Cluster, nodes, networks and pools: their documents alone; what follows for VMs is told with each VM. */
function objectChanges(previous: Desired, next: Desired): ChangeReport[] {
  const changes = [
    ...mapChanges("Node", previous.nodes, next.nodes),
    ...mapChanges("Network", previous.networks, next.networks),
    ...mapChanges("StoragePool", previous.pools, next.pools),
  ];
  const cluster = documentChange(
    objectId("Cluster", next.cluster.name),
    previous.cluster,
    next.cluster,
    next,
  );
  return [cluster, ...changes.map(({ id, old, now }) => documentChange(id, old, now, next))].filter(
    (change) => change !== null,
  );
}

/** What a new object is compared with, so that its defaults are not told as news. */
function plainObject(id: ObjectId): object | null {
  const { kind, name } = parseObjectId(id);
  return kind === "Node" ? impliedNode(name) : null;
}

function mapChanges(
  kind: "Node" | "Network" | "StoragePool",
  previous: ReadonlyMap<string, object>,
  next: ReadonlyMap<string, object>,
): { id: ObjectId; old: object | null; now: object | null }[] {
  const names = [...new Set([...previous.keys(), ...next.keys()])].sort(byName);
  return names.map((name) => ({
    id: objectId(kind, name),
    old: previous.get(name) ?? null,
    now: next.get(name) ?? null,
  }));
}

function documentChange(
  id: ObjectId,
  old: object | null,
  now: object | null,
  next: Desired,
): ChangeReport | null {
  const fields = now === null ? [] : fieldChanges(old ?? plainObject(id), now);
  if (now !== null && old !== null && fields.length === 0) return null;
  // What exists without a document (the implied Cluster and default pool) is nothing that somebody created.
  if (old === null && !next.sources.has(id)) return null;
  const word = old === null ? "create" : now === null ? "remove" : "update";
  return {
    object: id,
    word,
    impact: "none",
    target: null,
    fields: fields.map((field) => ({ ...field, old: old === null ? null : field.old, effect: "none" })),
    steps: [],
    reason: reportReason(reason(word === "remove" ? "document-removed" : "document-changed")),
    source: next.sources.get(id) ?? null,
  };
}

export function reportDrift(drift: Drift): DriftReport {
  const none = {
    field: null,
    place: null,
    wanted: null,
    live: null,
    effect: null,
    since: null,
    noticed: null,
  };
  switch (drift.kind) {
    case "drift":
    case "pending": {
      const { field, wanted, live, node, effect, since } = drift;
      return {
        kind: drift.kind,
        object: objectId("VM", drift.vm),
        node,
        field,
        place: placeInWords(field),
        wanted,
        live,
        effect,
        since: since?.since ?? null,
        noticed: since?.noticed ?? null,
        text: fieldInDrift(drift),
      };
    }
    case "state":
      return {
        kind: "state",
        object: objectId("VM", drift.vm),
        node: drift.node,
        ...none,
        text: reportReason(drift.reason).text,
      };
    case "orphaned":
      return {
        kind: "orphaned",
        object: objectId("VM", drift.vm),
        node: drift.node,
        ...none,
        text: reportReason(reason("orphaned")).text,
      };
    case "unmanaged":
      return {
        kind: "unmanaged",
        object: drift.domain,
        node: drift.node,
        ...none,
        text: "not a VM of this cluster; never touched",
      };
  }
}
