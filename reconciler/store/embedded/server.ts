import { resolve } from "node:path";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { Clock } from "../../model/clock.ts";
import type { HistoryLimits } from "../core/history.ts";
import { limits } from "../store.ts";
import { clusterService } from "./cluster-service.ts";
import { prepareDirectory } from "./data-directory.ts";
import { lockDirectory } from "./directory-lock.ts";
import { randomLeaseId, randomStoreId, type RandomBytes } from "./identifiers.ts";
import { Journal } from "./journal.ts";
import { kvService } from "./kv-service.ts";
import { leaseService } from "./lease-service.ts";
import { loadServices } from "./protocol.ts";
import { maintenanceService } from "./maintenance-service.ts";
import { Quota } from "./quota.ts";
import { recover, type Recovered } from "./recovery.ts";
import type { ServerContext } from "./server-context.ts";
import { bindPrivately, checkSocketPath, removeStaleSocket } from "./socket-path.ts";
import { watchService } from "./watch-service.ts";

export interface EmbeddedServerOptions {
  /** Where it keeps its files; made where it is missing. No other process may use it. */
  readonly directory: string;
  /** At most 107 bytes long. */
  readonly socketPath: string;
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  /** Called with what people should know of: a message each. */
  readonly report?: (notice: EmbeddedNotice) => void;
  /** How long a log grows before a snapshot replaces it. */
  readonly maxLogBytes?: number;
  /** What keys and values may take before it refuses to take more, as etcd does; 2 GiB where left out. */
  readonly quotaBytes?: number;
  /** How much of the past watches can resume from. */
  readonly history?: Partial<HistoryLimits>;
}

export type EmbeddedNotice =
  /** At the start: the last write had been interrupted. It was never acknowledged. */
  | { readonly kind: "cut"; readonly file: string; readonly offset: number; readonly bytes: number }
  /** The disk failed: it serves no more. Close it, mend the disk, then start it anew. */
  | { readonly kind: "failed"; readonly error: Error };

export interface EmbeddedServer {
  /** What clients connect to: `unix:/…`. */
  readonly endpoint: string;
  readonly storeId: string;
  /** Finishes what it was asked, closes its files and gives socket and folder free. Safe to call twice. */
  close(): Promise<void>;
}

const defaultMaxLogBytes = 16 * 1024 * 1024;
/** As etcd's. */
const defaultQuotaBytes = 2 * 1024 * 1024 * 1024;
/** How long clients have to take the answers that are on their way when it closes. */
const closingMs = 500;

/**
 * The store of a single machine: the in-memory core, kept on disk, served in etcd's protocol on a socket that only its
 * owner may use. Throws where the folder is in use, damaged or of another format, or the socket is taken.
 */
export async function startEmbeddedServer(options: EmbeddedServerOptions): Promise<EmbeddedServer> {
  const directory = resolve(options.directory);
  const socketPath = resolve(options.socketPath);
  checkSocketPath(socketPath);
  await prepareDirectory(directory);
  const unlock = await lockDirectory(directory);
  try {
    return await openStore({ ...options, directory, socketPath }, unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}

async function openStore(
  options: EmbeddedServerOptions,
  unlock: () => Promise<void>,
): Promise<EmbeddedServer> {
  const { randomBytes, report = () => undefined } = options;
  const recovered = await recover({
    ...options,
    newStoreId: () => randomStoreId(randomBytes),
    newLeaseId: () => randomLeaseId(randomBytes),
  });
  if (recovered.cut !== null) report({ kind: "cut", ...recovered.cut });
  const failure = new AbortController();
  const journal = new Journal({
    ...recovered,
    directory: options.directory,
    maxLogBytes: options.maxLogBytes ?? defaultMaxLogBytes,
    onFailure: (error) => {
      failure.abort(error);
      report({ kind: "failed", error });
    },
  });
  const stopStore = once(async () => {
    recovered.core.close();
    await journal.close();
    await unlock();
  });
  try {
    // Else a server that dies in each replacement would leave a long log each time.
    if (recovered.unfinished) await journal.rewrite();
    const { endpoint, stop } = await serve(options, recovered, journal);
    failure.signal.addEventListener("abort", () => void stop());
    return { endpoint, storeId: recovered.storeId, close: () => stop().then(stopStore) };
  } catch (error) {
    await stopStore();
    throw error;
  }
}

async function serve(
  { socketPath, clock, quotaBytes = defaultQuotaBytes }: EmbeddedServerOptions,
  { core, storeId }: Recovered,
  journal: Journal,
): Promise<{ readonly endpoint: string; readonly stop: () => Promise<void> }> {
  const endpoint = `unix:${socketPath}`;
  const quota = new Quota(core, quotaBytes);
  const context: ServerContext = { core, journal, quota, storeId, endpoint };
  const watches = watchService(context);
  const server = new Server({
    // etcd's own bound on what it takes; what it gives is bounded by the client.
    "grpc.max_receive_message_length": limits.requestBytes + 512 * 1024,
    "grpc.max_send_message_length": -1,
  });
  const service = loadServices();
  server.addService(service("KV"), kvService(context));
  server.addService(service("Watch"), watches.implementation);
  server.addService(service("Lease"), leaseService(context));
  server.addService(service("Maintenance"), maintenanceService(context));
  server.addService(service("Cluster"), clusterService(context));
  const unlisten = await listen(server, socketPath);
  const stop = once(async () => {
    watches.end();
    // First the name, while it still answers: whoever starts next finds no dead socket of ours to take away.
    await unlisten();
    await stopServing(server, clock);
  });
  return { endpoint, stop };
}

/** Returns what takes the socket away again. */
async function listen(server: Server, socketPath: string): Promise<() => Promise<void>> {
  await removeStaleSocket(socketPath);
  try {
    return await bindPrivately(socketPath, (path) => bind(server, path));
  } catch (error) {
    server.forceShutdown();
    throw error;
  }
}

function bind(server: Server, path: string): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix:${path}`, ServerCredentials.createInsecure(), (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
}

/** Lets calls end by themselves for a while; then cuts them off. */
async function stopServing(server: Server, clock: Clock): Promise<void> {
  const over = new AbortController();
  const ended = new Promise<void>((resolve) => {
    server.tryShutdown(() => resolve());
  });
  await Promise.race([ended, clock.sleep(closingMs, over.signal).catch(() => undefined)]);
  over.abort();
  server.forceShutdown();
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => (running ??= run());
}
