/** Which edits of how nodes are fenced met which phases of a node's loss. */
import { isMap, type MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import type { FencePhase } from "../../reconciler/model/fence.ts";
import { type NodeName, type ObjectId, parseObjectId } from "../../reconciler/model/names.ts";
import type { ScenarioEvent } from "../scenario/scenario.ts";

export const editKinds = ["node removed", "node back", "bmc edited", "lease edited"] as const;
export type EditKind = (typeof editKinds)[number];

export const lossPhases = [
  "suspect",
  "lost",
  "cutting",
  "failed",
  "proven",
  "recovering",
  "done",
] as const satisfies readonly FencePhase[];
type LossPhase = (typeof lossPhases)[number];

/** Of a ClusterState. */
interface Known {
  readonly desired: { readonly nodes: ReadonlyMap<NodeName, unknown> };
  readonly fences: ReadonlyMap<NodeName, { readonly phase: FencePhase }>;
}

/** A cell for each node whose loss the event meets. */
export function editCells(event: ScenarioEvent, state: Known): readonly string[] {
  if (event.kind !== "edit") return [];
  return [...event.edits].flatMap(([id, patch]) => {
    const edit = editOf(id, patch, state);
    if (edit === null) return [];
    return nodesOf(id, state).flatMap((node) => {
      const phase = phaseOf(node, state);
      return phase === null ? [] : [editCell(edit, phase)];
    });
  });
}

export function editCell(edit: EditKind, phase: LossPhase): string {
  return `${edit} × ${phase}`;
}

function editOf(id: ObjectId, patch: MergePatch | null, { desired }: Known): EditKind | null {
  const { kind, name } = parseObjectId(id);
  if (kind === "Cluster") return isMap(patch) && touchesLease(patch) ? "lease edited" : null;
  if (kind !== "Node") return null;
  const isThere = desired.nodes.has(name);
  if (patch === null) return isThere ? "node removed" : null;
  if (!isThere) return "node back";
  return isMap(patch) && "bmc" in patch ? "bmc edited" : null;
}

function touchesLease(patch: Readonly<Record<string, unknown>>): boolean {
  const fencing = patch["fencing"];
  return fencing === null || (isMap(fencing) && "lease" in fencing);
}

/** An edit of the cluster is one of all nodes. */
function nodesOf(id: ObjectId, { fences }: Known): readonly NodeName[] {
  const { kind, name } = parseObjectId(id);
  return kind === "Node" ? [name] : [...fences.keys()];
}

function phaseOf(node: NodeName, { fences }: Known): LossPhase | null {
  const phase = fences.get(node)?.phase;
  return lossPhases.find((each) => each === phase) ?? null;
}
