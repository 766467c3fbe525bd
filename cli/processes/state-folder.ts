/**
 * `.keel`: what a running `keel up` keeps beside the folder of the desired state. Only its owner may look into it.
 *
 *     endpoint, cluster   where commands find the store, and whose records they mean
 *     api.sock            the REST API
 *     store/              the embedded store's files
 *     known/              what reconciler and agents remember of the store
 *     nodes/<n>/          machine id, boot id and answer key of a simulated node
 *     volumes/            the simulated guests' disks
 *     log/, run/          logs and process ids of the parts
 */
import { createHash } from "node:crypto";
import { chmodSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { KeelError } from "../../reconciler/model/errors.ts";
import { stateFolder } from "../discovery.ts";
import type { Environment } from "../world.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

export interface StateFolder {
  readonly root: string;
  readonly endpoint: string;
  readonly cluster: string;
  readonly store: string;
  readonly known: string;
  readonly nodes: string;
  readonly logs: string;
  readonly run: string;
  /** The simulated hosts' sockets, and through a link their volumes. May be elsewhere: see `socketFolder`. */
  readonly sockets: string;
  readonly storeSocket: string;
  /** In `.keel` itself, where its path is not too long for a socket. */
  readonly apiSocket: string;
}

const longestSocket = 107;
/** The longest name of a socket there is a node's, and `.sock`. */
const longestSocketFolder = longestSocket - "/".length - 63 - ".sock".length;

function apiSocket(root: string, env: Environment): string {
  const path = join(root, "api.sock");
  return Buffer.byteLength(path) <= longestSocket ? path : join(socketFolder(root, env), "_api.sock");
}

/** Where it is. `directory`: the folder of the desired state. */
export function stateFolderOf(directory: string): string {
  return join(dirname(directory), stateFolder);
}

/** Makes what is missing of it. `directory`: the folder of the desired state. */
export function prepareStateFolder(directory: string, env: Environment): StateFolder {
  const root = stateFolderOf(directory);
  const volumes = join(root, "volumes");
  const folder: StateFolder = {
    root,
    endpoint: join(root, "endpoint"),
    cluster: join(root, "cluster"),
    store: join(root, "store"),
    known: join(root, "known"),
    nodes: join(root, "nodes"),
    logs: join(root, "log"),
    run: join(root, "run"),
    sockets: socketFolder(root, env),
    storeSocket: join(socketFolder(root, env), "_store.sock"),
    apiSocket: apiSocket(root, env),
  };
  try {
    for (const path of [root, volumes, folder.nodes, folder.logs, folder.run, folder.sockets]) {
      makePrivate(path);
    }
    linkVolumes(join(folder.sockets, "volumes"), volumes);
    // Nobody means to commit it.
    writeFileSync(join(root, ".gitignore"), "*\n");
  } catch (cause) {
    const why = messageOf(cause);
    const advice =
      "Run `keel up` as the user whose folder it is; one that somebody else left behind must go first.";
    throw new KeelError("failed", { what: `preparing ${root}`, why, advice }, { cause });
  }
  return folder;
}

/** Takes away what is of no use once nothing runs. */
export function leaveStateFolder({ root, endpoint, sockets }: StateFolder): void {
  rmSync(endpoint, { force: true });
  if (dirname(sockets) !== root) rmSync(sockets, { recursive: true, force: true });
}

/** Where the hosts that `keel up` simulates listen. `directory`: the folder of the desired state. */
export function hostSocketsOf(directory: string, env: Environment): string {
  return socketFolder(stateFolderOf(directory), env);
}

/**
 * In `.keel` where that gives short enough paths; else one of its own under the system's folder for such things, found
 * again by its name.
 */
function socketFolder(root: string, env: Environment): string {
  const near = join(root, "sock");
  if (Buffer.byteLength(near) <= longestSocketFolder) return near;
  const name = `keel-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`;
  const fits = (base: string | undefined) =>
    base !== undefined && base.startsWith("/") && Buffer.byteLength(join(base, name)) <= longestSocketFolder;
  return join([env["XDG_RUNTIME_DIR"], tmpdir()].find(fits) ?? "/tmp", name);
}

/** A folder that is there already must be ours: under /tmp anybody can make one. */
function makePrivate(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const found = lstatSync(path);
  if (!found.isDirectory()) throw new Error(`${path} is not a folder`);
  if (found.uid !== process.getuid?.()) throw new Error(`${path} belongs to somebody else`);
  chmodSync(path, 0o700);
}

function linkVolumes(link: string, volumes: string): void {
  if (readLink(link) === volumes) return;
  rmSync(link, { force: true });
  symlinkSync(volumes, link);
}

function readLink(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
