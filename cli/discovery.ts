/**
 * Which store and which cluster a command means. A folder `.keel` that `keel up` keeps is looked for in two places:
 * where the command is given, and beside the folder of the desired state. Never further up: a command in some deep
 * folder must not find a cluster that nobody thought of.
 */
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { KeelError } from "../reconciler/model/errors.ts";
import { namePattern } from "../reconciler/model/names.ts";
import type { StoreCredentials } from "../reconciler/store/etcd/endpoints.ts";
import type { Environment } from "./world.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

export interface Where {
  readonly env: Environment;
  readonly cwd: string;
  /** The folder of the desired state, absolute. */
  readonly directory: string;
}

/** What `keel up` keeps beside the folder of the desired state. */
export const stateFolder = ".keel";

/** The endpoints that were named, or that a running `keel up` left. @throws KeelError `store-not-found`, `usage` */
export async function findEndpoints(named: string | undefined, where: Where): Promise<readonly string[]> {
  const text = named ?? nonEmpty(where.env["KEEL_STORE"]) ?? (await readState(where, "endpoint"));
  if (text === null) throw new KeelError("store-not-found", { file: join(stateFolder, "endpoint") });
  return parseEndpoints(text);
}

/**
 * The cluster's name by `--cluster`, KEEL_CLUSTER or `.keel/cluster`; null where none of them says.
 * @throws KeelError `usage`
 */
export async function findClusterName(named: string | undefined, where: Where): Promise<string | null> {
  const name = named ?? nonEmpty(where.env["KEEL_CLUSTER"]) ?? (await readState(where, "cluster"));
  if (name !== null && !new RegExp(namePattern).test(name)) {
    throw usage(`"${name}" cannot be the name of a cluster.`);
  }
  return name;
}

/**
 * What `https://` endpoints are checked with: the PEM files that KEEL_STORE_CA, KEEL_STORE_CERT and KEEL_STORE_KEY
 * name. Null where the first is not set. @throws KeelError `failed`, `usage`
 */
export async function readCredentials(env: Environment): Promise<StoreCredentials | null> {
  const [ca, cert, key] = ["KEEL_STORE_CA", "KEEL_STORE_CERT", "KEEL_STORE_KEY"].map((name) =>
    nonEmpty(env[name]),
  );
  if ((cert == null) !== (key == null))
    throw usage("KEEL_STORE_CERT and KEEL_STORE_KEY are needed together.");
  if (ca == null) {
    if (cert == null) return null;
    throw usage(
      "KEEL_STORE_CERT needs KEEL_STORE_CA beside it: the authority that the store is checked against.",
    );
  }
  const rootCertificate = await readPem(ca);
  if (cert == null || key == null) return { rootCertificate };
  return { rootCertificate, certChain: await readPem(cert), privateKey: await readPem(key) };
}

/** `unix:/path`, or members of one etcd with commas between them. */
function parseEndpoints(text: string): readonly string[] {
  const endpoints = text.split(",").map((endpoint) => endpoint.trim());
  for (const endpoint of endpoints) {
    if (!isEndpoint(endpoint)) {
      throw usage(`"${endpoint}" names no store: write http://host:port, https://host:port or unix:/path.`);
    }
  }
  return endpoints;
}

function isEndpoint(text: string): boolean {
  if (text.startsWith("unix:/")) return true;
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && /^https?:$/.test(url.protocol) && hasPort(text);
}

/** `URL` leaves out a port that is the protocol's own; etcd has none of its own, so one must be written. */
function hasPort(text: string): boolean {
  return /^https?:\/\/[^/?#]*:\d+\/?$/.test(text);
}

async function readState({ cwd, directory }: Where, file: string): Promise<string | null> {
  for (const folder of new Set([cwd, dirname(directory)])) {
    const text = await readIfThere(join(folder, stateFolder, file));
    if (text !== null) return text.trim();
  }
  return null;
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return null;
    throw unreadableFile(path, error);
  }
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadableFile(path, error);
  }
}

function unreadableFile(path: string, error: unknown): KeelError {
  const why = messageOf(error);
  const advice = "Correct the path or the rights of the file, then repeat the command.";
  return new KeelError("failed", { what: `reading ${path}`, why, advice }, { cause: error });
}

function usage(problem: string): KeelError {
  return new KeelError("usage", { problem });
}

function nonEmpty(text: string | undefined): string | null {
  return text === undefined || text === "" ? null : text;
}
