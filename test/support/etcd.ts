import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";

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
  const directory = await mkdtemp(join(tmpdir(), "keel-etcd-"));
  const client = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    "etcd",
    [
      ...[
        "--name",
        "m1",
        "--data-dir",
        directory,
        "--unsafe-no-fsync",
        "--logger",
        "zap",
        "--log-level",
        "error",
      ],
      ...["--listen-client-urls", client, "--advertise-client-urls", client],
      ...[
        "--listen-peer-urls",
        peer,
        "--initial-advertise-peer-urls",
        peer,
        "--initial-cluster",
        `m1=${peer}`,
      ],
      ...["--heartbeat-interval", "50", "--election-timeout", "500"],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  const kill = (): Promise<void> => endProcess(child);
  const close = async (): Promise<void> => {
    await kill();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    await answers(client, child);
  } catch (error) {
    await close();
    throw error;
  }
  return { endpoint: client, kill, close };
}

async function answers(endpoint: string, child: ChildProcess): Promise<void> {
  const store = connectStore({ endpoints: [endpoint], clock: systemClock, requestTimeoutMs: 500 });
  const giveUpAt = systemClock.monotonic() + 20_000;
  try {
    for (;;) {
      const failure = await store.get("ready").then(
        () => null,
        (error: unknown) => error,
      );
      if (failure === null) return;
      if (child.exitCode !== null || systemClock.monotonic() > giveUpAt) {
        throw new Error("etcd does not start", { cause: failure });
      }
      await systemClock.sleep(50);
    }
  } finally {
    await store.close();
  }
}

async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await ended;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === "object") resolve(address.port);
        else reject(new Error("no port was given"));
      });
    });
    server.once("error", reject);
  });
}
