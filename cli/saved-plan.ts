/**
 * A plan in a file: `keel plan --out FILE`, `keel apply FILE`. It holds the documents, what was shown, and what it was
 * made from; it is good for one apply, for a day, and only while what it was made from stands. Secrets are references
 * in the documents already, so the file holds none.
 */
import { chmod, readFile, writeFile } from "node:fs/promises";
import type { Head, StoredDocument } from "../reconciler/control/desired-objects.ts";
import { digestOf } from "../reconciler/control/desired-objects.ts";
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import { presentInput } from "../reconciler/control/plan-input.ts";
import { canonicalJson } from "../reconciler/desired/canonical-json.ts";
import { formatTime } from "../reconciler/desired/times.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { type NodeName, objectId, type ObjectId, type VmName } from "../reconciler/model/names.ts";
import type { PlanReport } from "../reconciler/model/report.ts";
import type { ClusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import { readNodes } from "../reconciler/plan/node-facts.ts";
import { firstFew } from "./output/first-few.ts";
import { shownId } from "./output/object-names.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export interface SavedPlan {
  readonly formatVersion: 1;
  /** The version of keel that made it. */
  readonly keel: string;
  /** Unique: what is remembered once it is applied. */
  readonly id: string;
  readonly cluster: string;
  /** RFC 3339 in UTC, as all times here. */
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly by: string;
  readonly directoryName: string;
  /** This machine's name: the one node's, where no Node document says otherwise. */
  readonly host: string;
  readonly commit: string | null;
  readonly allowDestroy: number | null;
  readonly changesIntent: boolean;
  readonly inputs: PlanInputs;
  readonly documents: Readonly<Record<ObjectId, StoredDocument>>;
  readonly report: PlanReport;
}

/** What a plan is made from, as far as a change of it makes the plan stale. Measurements are not among it. */
export interface PlanInputs {
  /** Which store: another one's generations and revisions may have the same numbers by chance. */
  readonly storeId: string;
  /** Of the head it is based on; both 0 where nothing was applied. The policy is among its documents. */
  readonly generation: number;
  readonly revision: number;
  /** Of the folder's documents. */
  readonly digest: string;
  /** The revision at which each placement was last written. */
  readonly placements: Readonly<Record<VmName, number>>;
  /** Whether each node could be believed, and which boot of it. */
  readonly nodes: Readonly<Record<NodeName, string>>;
}

/** How long a saved plan is good, at most. */
export const savedPlanMs = 24 * 3_600_000;

export interface Moment {
  readonly now: number;
  readonly storeId: string;
}

/** Of the store that answers now. @throws StoreError */
export async function storeIdOf(store: Store, keys: ClusterKeys): Promise<string> {
  return (await store.list(keys.head)).storeId;
}

export function inputsOf(state: ClusterState, digest: string, { now, storeId }: Moment): PlanInputs {
  const { head, revision } = state.applied;
  const nodes = [...readNodes(presentInput(state, now)).values()];
  return {
    storeId,
    generation: generationOf(head),
    revision,
    digest,
    placements: Object.fromEntries([...state.placements].map(([vm, placed]) => [vm, placed.revision])),
    nodes: Object.fromEntries(
      nodes.map(({ name, health, observed }) => [name, `${health} ${observed?.alive?.bootId ?? "-"}`]),
    ),
  };
}

function generationOf(head: Head | null): number {
  return head?.generation ?? 0;
}

/** Readable by its owner alone, also where the file was there before. @throws KeelError `failed` */
export async function writeSavedPlan(path: string, plan: SavedPlan): Promise<void> {
  const text = `${JSON.stringify({ ...plan, seal: sealOf(plan) }, null, 2)}\n`;
  try {
    await writeFile(path, "", { mode: 0o600 });
    await chmod(path, 0o600);
    await writeFile(path, text);
  } catch (cause) {
    const why = messageOf(cause);
    const advice = "Name a file that you may write.";
    throw new KeelError("failed", { what: `saving the plan to ${path}`, why, advice }, { cause });
  }
}

/** @throws KeelError `plan-unreadable` */
export async function readSavedPlan(path: string): Promise<SavedPlan> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    const why = messageOf(cause);
    throw new KeelError("plan-unreadable", { file: path, why }, { cause });
  }
  const read = parsed(text);
  if (!isSealed(read)) {
    throw new KeelError("plan-unreadable", { file: path, why: "it is not whole, or was changed" });
  }
  return read;
}

/** @throws KeelError `stale-plan` where something that the plan was made from is not as it was */
export function checkFresh(plan: SavedPlan, state: ClusterState, moment: Moment): void {
  if (moment.now >= Date.parse(plan.expiresAt)) {
    throw new KeelError("stale-plan", { what: `it expired at ${plan.expiresAt}, and too much may have` });
  }
  const changed = differences(plan.inputs, inputsOf(state, plan.inputs.digest, moment));
  if (changed.length === 0) return;
  throw new KeelError("stale-plan", { what: firstFew(changed) });
}

function differences(then: PlanInputs, now: PlanInputs): readonly string[] {
  if (then.storeId !== now.storeId) return ["the store, which is another one or was restored,"];
  const head =
    then.generation === now.generation && then.revision === now.revision
      ? []
      : [`what is applied (generation ${then.generation}, now ${now.generation})`];
  const placements = namesThatDiffer(then.placements, now.placements).map(
    (vm) =>
      `${shownId(objectId("VM", vm))} (revision ${then.placements[vm] ?? 0}, now ${now.placements[vm] ?? 0})`,
  );
  const nodes = namesThatDiffer(then.nodes, now.nodes).map(
    (node) => `${shownId(objectId("Node", node))} (${nodeChange(healthIn(then, node), healthIn(now, node))})`,
  );
  return [...head, ...placements, ...nodes];
}

function nodeChange(before: string, now: string): string {
  return before === now ? "it was booted again" : `${before}, now ${now}`;
}

function healthIn({ nodes }: PlanInputs, node: NodeName): string {
  return nodes[node]?.replace(/ .*/, "") ?? "unknown";
}

function namesThatDiffer<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
): readonly string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name]).sort();
}

/** When a plan made now ends to be good. */
export function expiryOf(now: number): { readonly createdAt: string; readonly expiresAt: string } {
  return { createdAt: formatTime(now), expiresAt: formatTime(now + savedPlanMs) };
}

function sealOf(plan: object): string {
  return digestOf(canonicalJson(plan));
}

/** The seal vouches for the rest: whoever has it was written whole, by a keel of this format. */
function isSealed(read: unknown): read is SavedPlan {
  if (typeof read !== "object" || read === null || !("seal" in read) || !("formatVersion" in read))
    return false;
  const { seal, ...plan } = read;
  return plan.formatVersion === 1 && seal === sealOf(plan);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
