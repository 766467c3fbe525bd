/** From what was proposed to the file of `keel plan --out`. */
import type { Context } from "./context.ts";
import { gitCommit } from "./git-commit.ts";
import type { FolderProposal } from "./propose-folder.ts";
import { expiryOf, inputsOf, type SavedPlan, storeIdOf, writeSavedPlan } from "./saved-plan.ts";
import { programVersion } from "./version.ts";

export interface SaveOptions {
  /** Absolute. */
  readonly path: string;
  readonly allowDestroy: number | null;
}

export async function savePlan(
  context: Context,
  proposed: FolderProposal,
  options: SaveOptions,
): Promise<SavedPlan> {
  const { clock, random, user, directory, directoryName, resolveOptions } = context;
  const { feed, loaded, proposal, report } = proposed;
  const now = clock.now();
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { sources } = loaded.desired;
  const plan: SavedPlan = {
    formatVersion: 1,
    keel: programVersion(),
    id: Buffer.from(random(12)).toString("hex"),
    cluster: loaded.desired.cluster.name,
    ...expiryOf(now),
    by: user,
    directoryName,
    host: resolveOptions.host,
    commit: await gitCommit(directory, context.signal),
    allowDestroy: options.allowDestroy,
    changesIntent: proposal.changesIntent,
    inputs: inputsOf(feed.state, loaded.digest, { now, storeId: await storeIdOf(store, keys) }),
    documents: Object.fromEntries(
      [...loaded.documents].map(([id, document]) => [
        id,
        { document, source: sources.get(id) ?? { file: id, line: 1 } },
      ]),
    ),
    report,
  };
  await writeSavedPlan(options.path, plan);
  return plan;
}
