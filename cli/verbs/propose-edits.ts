/** What an edit of the files would mean once it is applied, by itself: other edits that wait in the folder go on waiting. */
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { footingOf } from "../../reconciler/control/folder-footing.ts";
import { leftWaiting, onlyThese, type Touched } from "../../reconciler/control/only-these.ts";
import { propose } from "../../reconciler/control/propose.ts";
import type { Edits, MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import {
  type FileChange,
  planEdits,
  type PlannedEdits,
  planNewFiles,
} from "../../reconciler/desired/edit/plan-edits.ts";
import { whyNotWritable } from "../../reconciler/desired/edit/write-changes.ts";
import type { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { ObjectId } from "../../reconciler/model/names.ts";
import type { Context } from "../context.ts";
import { believe, issueLines, warningsOf } from "../folder.ts";
import { refuseIfFrozen } from "../frozen.ts";
import { askedFor, checkClusterName, type FolderProposal } from "../propose-folder.ts";
import { editRefused } from "./hand-patch.ts";
import type { Intent, Verb } from "./verb.ts";

/** An edit that can be made, not yet made. */
export interface PlannedVerb {
  readonly intent: Intent;
  readonly changes: readonly FileChange[];
  /** The folder as it is, and as it will be. */
  readonly before: Loaded;
  readonly after: Loaded;
}

export interface VerbProposal extends FolderProposal {
  /** Objects of which the folder says more than is applied by this. */
  readonly waiting: readonly ObjectId[];
  readonly keepsBase: boolean;
}

/** Writes nothing. @throws KeelError `source-invalid`, `source-unreadable`, `refused`, and what the verb throws */
export async function planVerb(
  context: Context,
  reader: FolderReader,
  verb: Verb,
  feed: ClusterFeed | null,
): Promise<PlannedVerb> {
  if (feed !== null) refuseIfFrozen(feed.state);
  const read = await reader.read(context.signal);
  const before = believe(read, context, { head: [], allowOrphan: null, isTold: true });
  const intent = verb.intend({ folder: before, state: feed?.state ?? null });
  const { edits } = intent;
  const planned = await planIntent(context, reader, intent);
  if (!planned.ok) throw editRefused(context, verb.what, planned.refusal, { edits, changes: [] });
  const { changes, result } = planned;
  const problem = await whyNotWritable(reader.folder, changes);
  if (problem !== undefined) throw editRefused(context, verb.what, problem, { edits, changes });
  return { intent, changes, before, after: result };
}

function planIntent(
  { signal }: Context,
  reader: FolderReader,
  { edits, newFiles }: Intent,
): Promise<PlannedEdits> {
  if (newFiles !== undefined) return planNewFiles(reader, newFiles.texts, signal);
  const patches: Edits = new Map(edits.map(({ id, patch }): [ObjectId, MergePatch | null] => [id, patch]));
  return planEdits(reader, patches, undefined, signal);
}

/** @throws KeelError `refused`, `source-suspect`, `cluster-renamed`; StoreError */
export async function proposeVerb(
  context: Context,
  verb: Verb,
  feed: ClusterFeed,
  planned: PlannedVerb,
  { allowOrphan }: { readonly allowOrphan: number | null },
): Promise<VerbProposal> {
  const { applied } = feed.state;
  await checkClusterName(context, feed.state, planned.before);
  const { host, loaded } = nextOf(context, verb, feed, planned, allowOrphan);
  const proposal = propose(feed.state, loaded, {
    now: context.clock.now(),
    random: context.random,
    allowDestroy: null,
    warnings: warningsOf({ ...loaded, warnings: newWarnings(planned) }, context),
    revertDrift: false,
  });
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { directory } = context;
  const footing = await footingOf({ store, keys, directory, loaded: planned.before, applied });
  return {
    feed,
    loaded,
    proposal,
    host,
    report: { ...askedFor(proposal), undo: null },
    waiting: leftWaiting(planned.after.documents, loaded.documents),
    keepsBase: footing.kind === "current" || planned.after.digest === loaded.digest,
  };
}

/** The documents that are to be in force, and whose name the one node has that no document names. */
function nextOf(
  context: Context,
  { what }: Verb,
  { state }: ClusterFeed,
  { intent, after }: PlannedVerb,
  allowOrphan: number | null,
): { readonly host: string; readonly loaded: Loaded } {
  const { documents, head } = state.applied;
  const trust = { head: documents.keys(), allowOrphan, isTold: true };
  const { resolveOptions } = context;
  if (head === null) return { host: resolveOptions.host, loaded: believe(after, context, trust) };
  const touched = touchedBy(intent);
  const folder = { documents: after.documents, sources: after.desired.sources };
  const { host } = head;
  const next = onlyThese(documents, folder, touched, { ...resolveOptions, host });
  if (next.ok) return { host, loaded: believe(next, context, trust) };
  for (const line of issueLines(next.issues, context)) context.err(line);
  throw new KeelError("refused", {
    what,
    why: "it needs other edits of the folder, which are not applied",
    advice: "Apply them first: `keel apply`. Or edit only: `--no-apply`.",
  });
}

function touchedBy({ edits, newFiles }: Intent): Touched {
  const touched = new Map<ObjectId, readonly string[] | null>((newFiles?.ids ?? []).map((id) => [id, null]));
  for (const { id, fields, becomes } of edits) {
    touched.set(id, fields);
    if (becomes !== undefined) touched.set(becomes, null);
  }
  return touched;
}

/** Warnings that the folder had before are none of this edit's. */
function newWarnings({ before, after }: PlannedVerb): Loaded["warnings"] {
  const known = new Set(before.warnings.map(({ code, message }) => `${code} ${message}`));
  return after.warnings.filter(({ code, message }) => !known.has(`${code} ${message}`));
}
