/** The API at work: what it shows and does, where it is reached, and by whom. */
import { join } from "node:path";
import { apiRoutes } from "../../reconciler/api/api.ts";
import { byToken, type Identify, ownerOfSocket } from "../../reconciler/api/identify.ts";
import { type Address, listenOnPort, listenOnSocket } from "../../reconciler/api/listen.ts";
import { type ApiServer, createServer, type ServerOptions } from "../../reconciler/api/server.ts";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { Log } from "../../reconciler/runtime/log.ts";
import { StoreError } from "../../reconciler/store/store.ts";
import type { Context } from "../context.ts";
import { storeProblem } from "../error-output.ts";
import { type Task, together } from "../together.ts";
import { untilAborted } from "../until-aborted.ts";
import { programVersion } from "../version.ts";
import { apiActions } from "./actions.ts";
import { auditLog, type AuditOptions } from "./audit-log.ts";
import { clusterReads } from "./cluster-reads.ts";
import { upFolder } from "./state-folder.ts";

export interface Remote extends Address {
  readonly tls: NonNullable<ServerOptions["tls"]>;
}

export interface ServeApiOptions {
  /** As the events of this process name it. */
  readonly id: string;
  /** Absolute; null: where it is looked for. */
  readonly socket: string | null;
  /** null: over the socket alone. */
  readonly remote: Remote | null;
  readonly log: Log;
}

/** How one way in differs from another. */
export interface Entrance {
  readonly identify: Identify;
  readonly tls: ServerOptions["tls"];
}

/** Makes servers of one API: what it does is the same through each entrance, and changes wait for one another. */
export async function openApi(
  context: Context,
  { feed, log, id }: AuditOptions,
): Promise<(entrance: Entrance) => ApiServer> {
  const { clock } = context;
  const endpoints = await context.endpoints();
  const reads = await clusterReads(context, feed, log);
  const actions = apiActions(context);
  const routes = apiRoutes({ reads, actions, now: () => clock.now(), version: programVersion() });
  const audit = await auditLog(context, { feed, log, id });
  const explain = (error: unknown) => (error instanceof StoreError ? storeProblem(error, endpoints) : null);
  return (entrance) => createServer({ routes, clock, log, audit, explain, ...entrance });
}

/** Serves until the command is asked to end. @throws KeelError `failed` where it cannot be served */
export async function serveApi(context: Context, options: ServeApiOptions): Promise<void> {
  const { clock, world } = context;
  const { log, id, remote } = options;
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const feed = new ClusterFeed({ store, root: keys.root, clock, log });
  const server = await openApi(context, { feed, log, id });
  const path = options.socket ?? join((await upFolder(context)) ?? "/run/keel", "api.sock");
  const serve: Task = async (signal) => {
    const local = server({ identify: ownerOfSocket(context.user), tls: null });
    const endLocal = await listenOnSocket(local, path);
    try {
      log.info("serving the API", { socket: path });
      world.tellParent({ kind: "ready" });
      if (remote !== null) {
        const identify = byToken({ store, keys, clock, log });
        await serveRemotely(server({ identify, tls: remote.tls }), remote, log, signal);
        return;
      }
      await untilAborted(signal);
    } finally {
      await endLocal();
    }
  };
  await together([(signal) => feed.run(signal), serve], world.ended);
}

async function serveRemotely(
  server: ApiServer,
  address: Address,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const { port, end } = await listenOnPort(server, address);
  try {
    log.info("serving the API over TLS", { host: address.host, port });
    await untilAborted(signal);
  } finally {
    await end();
  }
}
