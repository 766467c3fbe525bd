/** The reconciler: stands for election, and leads while it holds the lease. Any number may run; one leads. */
import type { Clock } from "../model/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { lead } from "./leader-loop.ts";
import { campaign } from "./leadership.ts";

export interface ReconcilerOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Kept up to date by the caller, who shares it with what else reads the cluster in this process. */
  readonly feed: ClusterFeed;
  /** Names this process among the reconcilers. */
  readonly id: string;
}

/** Runs until `signal` is aborted, then hands the leadership over. */
export async function runReconciler(options: ReconcilerOptions, signal: AbortSignal): Promise<void> {
  const { store, keys, clock, log, id } = options;
  while (!signal.aborted) {
    const leadership = await campaign(store, keys.leader, id, clock, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (leadership === null) return;
    log.info("leading", { id });
    try {
      await lead({ ...options, leadership }, signal);
    } finally {
      await leadership.resign();
      log.info("no longer leading", { id });
    }
  }
}
