/** A saved plan, made good again: the first half of `keel apply FILE`. */
import type { StoredDocument } from "../reconciler/control/desired-objects.ts";
import { propose } from "../reconciler/control/propose.ts";
import type { Loaded } from "../reconciler/desired/load-result.ts";
import { resolveDocuments } from "../reconciler/desired/resolve-documents.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { objectId } from "../reconciler/model/names.ts";
import { refuseIfFrozen } from "./frozen.ts";
import type { Context } from "./context.ts";
import { checkUnused } from "./plan-use.ts";
import type { FolderProposal } from "./propose-folder.ts";
import { checkFresh, readSavedPlan, type SavedPlan, storeIdOf } from "./saved-plan.ts";

export interface SavedProposal extends FolderProposal {
  readonly saved: SavedPlan;
}

/**
 * What the file says, where it may still be applied: the report is the one that was looked at.
 * @throws KeelError `plan-unreadable`, `plan-used`, `stale-plan`, `refused`
 */
export async function proposeSaved(
  context: Context,
  path: string,
  shownPath: string,
): Promise<SavedProposal> {
  const saved = await readSavedPlan(path);
  const { name, keys } = await context.cluster();
  if (saved.cluster !== name) {
    const why = `it was made for the cluster ${saved.cluster}, and this is ${name}`;
    throw new KeelError("refused", {
      what: `Applying ${shownPath}`,
      why,
      advice: "Name that cluster with `--cluster`.",
    });
  }
  const feed = await context.feed();
  refuseIfFrozen(feed.state);
  const now = context.clock.now();
  const store = await context.store();
  await checkUnused(store, keys, saved);
  checkFresh(saved, feed.state, { now, storeId: await storeIdOf(store, keys) });
  const loaded = reloaded(saved, context, shownPath);
  const { allowDestroy, report } = saved;
  const { warnings } = report;
  const proposal = propose(feed.state, loaded, { now, random: context.random, allowDestroy, warnings });
  return { feed, loaded, proposal, host: saved.host, report, saved };
}

/** Its documents, checked as strictly as files are. */
function reloaded(saved: SavedPlan, context: Context, file: string): Loaded {
  const stored = Object.values(saved.documents);
  const idOf = ({ document }: StoredDocument) => objectId(document.kind, document.name);
  const documents = new Map(stored.map((each) => [idOf(each), each.document]));
  const sources = new Map(stored.map((each) => [idOf(each), each.source]));
  const { simulated = false } = context.resolveOptions;
  const result = resolveDocuments(documents, { host: saved.host, simulated, sources });
  if (result.ok && result.digest === saved.inputs.digest) return result;
  const [issue] = result.ok ? [] : result.issues;
  const why = issue === undefined ? "its documents mean something else here" : issue.message;
  throw new KeelError("plan-unreadable", { file, why });
}
