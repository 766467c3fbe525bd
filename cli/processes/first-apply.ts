/** The first words of a cluster: on an empty store the folder is applied once, without asking. */
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { commitProposal } from "../../reconciler/control/commit.ts";
import type { Head } from "../../reconciler/control/desired-objects.ts";
import { propose } from "../../reconciler/control/propose.ts";
import type { Issue } from "../../reconciler/desired/issues/issue.ts";
import type { FolderReader } from "../../reconciler/desired/load/folder-reader.ts";
import type { Loaded } from "../../reconciler/desired/load-result.ts";
import { watchFolder } from "../../reconciler/desired/watch/watch-folder.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { ClusterKeys } from "../../reconciler/store/keys.ts";
import { type Store, StoreError } from "../../reconciler/store/store.ts";

export interface FirstRevisionOptions {
  readonly reader: FolderReader;
  readonly clock: Clock;
  /** What keeps the folder from being used; told again when it changes. */
  readonly onIssues: (issues: readonly Issue[]) => void;
}

/** The first revision of the folder that is whole and legal, however long that takes. Rejects when aborted. */
export async function firstRevision(options: FirstRevisionOptions, signal: AbortSignal): Promise<Loaded> {
  for await (const event of watchFolder(options, signal)) {
    if (event.kind === "revision") return event.revision;
    if (event.kind !== "degraded") options.onIssues(event.issues);
  }
  signal.throwIfAborted();
  throw new Error("the folder is not watched any more");
}

export interface FirstApplyOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly feed: ClusterFeed;
  readonly clock: Clock;
  readonly random: (bytes: number) => Uint8Array;
  readonly by: string;
  readonly host: string;
  /** The folder's git commit, where it has one. */
  readonly commit: string | null;
}

const retryMs = 1_000;

/** Applies a revision where nothing was ever applied; a store that fails is asked again. Null: somebody was quicker. */
export async function applyFirst(
  loaded: Loaded,
  options: FirstApplyOptions,
  signal: AbortSignal,
): Promise<Head | null> {
  const { feed, clock } = options;
  while (feed.state.applied.head === null) {
    try {
      return await attempt(loaded, options);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await clock.sleep(retryMs, signal);
    }
  }
  return null;
}

async function attempt(loaded: Loaded, options: FirstApplyOptions): Promise<Head | null> {
  const { store, keys, feed, clock, random, by, host, commit } = options;
  const now = clock.now();
  const proposal = propose(feed.state, loaded, { now, random, allowDestroy: null, warnings: [] });
  try {
    return await commitProposal(store, keys, proposal, { by, now, commit, host });
  } catch (error) {
    if (error instanceof KeelError && error.code === "apply-conflict") return null;
    throw error;
  }
}
