/** The API at work: what it shows, and where it is reached. */
import { join } from "node:path";
import { apiRoutes } from "../../reconciler/api/api.ts";
import { listenOnSocket } from "../../reconciler/api/listen.ts";
import { type ApiServer, createServer } from "../../reconciler/api/server.ts";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import { StoreError } from "../../reconciler/store/store.ts";
import type { Context } from "../context.ts";
import { storeProblem } from "../error-output.ts";
import { type Task, together } from "../together.ts";
import { untilAborted } from "../until-aborted.ts";
import { programVersion } from "../version.ts";
import { apiActions } from "./actions.ts";
import { clusterReads } from "./cluster-reads.ts";
import { upFolder } from "./state-folder.ts";

export interface ServeApiOptions {
  /** Absolute; null: where it is looked for. */
  readonly socket: string | null;
  readonly log: Log;
}

/** The API of the cluster that the feed follows. */
export async function openApi(context: Context, feed: ClusterFeed, log: Log): Promise<ApiServer> {
  const { clock } = context;
  const endpoints = await context.endpoints();
  const reads = clusterReads(context, feed);
  return createServer({
    routes: apiRoutes({
      reads,
      actions: apiActions(context),
      now: () => clock.now(),
      version: programVersion(),
    }),
    clock,
    log,
    // Whoever may open the socket is the user that it belongs to.
    identify: async () => ({ name: context.user, role: "admin" }),
    explain: (error) => (error instanceof StoreError ? storeProblem(error, endpoints) : null),
  });
}

/** Serves until the command is asked to end. @throws KeelError `failed` where it cannot be served */
export async function serveApi(context: Context, { socket, log }: ServeApiOptions): Promise<void> {
  const { clock, world } = context;
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const feed = new ClusterFeed({ store, root: keys.root, clock, log });
  const server = await openApi(context, feed, log);
  const path = socket ?? join((await upFolder(context)) ?? "/run/keel", "api.sock");
  const serve: Task = async (signal) => {
    const end = await listenOnSocket(server, path);
    try {
      log.info("serving the API", { socket: path });
      world.tellParent({ kind: "ready" });
      await untilAborted(signal);
    } finally {
      await end();
    }
  };
  await together([(signal) => feed.run(signal), serve], world.ended);
}
