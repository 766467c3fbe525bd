import { spawnSync } from "node:child_process";
import { startEtcdCluster } from "./etcd-cluster.ts";

export interface Etcd {
  readonly endpoint: string;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Ends it and takes its files away. */
  close(): Promise<void>;
}

/**
 * Why a real etcd cannot be started here, else null. Throws where it must be there: a run that has CI=true tests
 * everything or fails.
 */
export function missingEtcd(): string | null {
  if (spawnSync("etcd", ["--version"]).status === 0) return null;
  const advice = "the program etcd is not installed: apt-get install etcd-server";
  if (process.env["CI"] === "true") throw new Error(advice);
  return advice;
}

/** One real member on loopback, with files in a folder of its own. Its leases live 1 s at least. */
export async function startEtcd(): Promise<Etcd> {
  const cluster = await startEtcdCluster();
  const [endpoint = ""] = cluster.endpoints;
  const kill = async (): Promise<void> => {
    await Promise.all(cluster.members.map((member) => member.kill()));
  };
  return { endpoint, kill, close: () => cluster.close() };
}
