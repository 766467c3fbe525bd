/**
 * How many steps a second go from their release to their end, with simulated agents: every VM of a cluster is switched
 * on at once. Beside it the same transactions, as many, as large and as many at once, with nobody who thinks about them.
 */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { connectStore } from "../reconciler/store/etcd/etcd-store.ts";
import type { Change, Operation, Store } from "../reconciler/store/store.ts";
import { startEtcdCluster } from "../test/support/etcd-cluster.ts";
import { KeelProcess } from "../test/support/keel-process.ts";
import { LiveCluster } from "../test/support/live-cluster.ts";
import { GiB, vm } from "../test/support/plan/model-cluster.ts";
import type { Report } from "./report.ts";

export const name = "steps";

const vms = 200;
const nodes = Array.from({ length: 4 }, (_, n) => `hv${String(n + 1)}`);
/** As many as the control loop has under way. */
const atOnce = 32;

export async function run(report: Report): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "keel-bench-"));
  try {
    await onEmbedded(report, home);
    if (spawnSync("etcd", ["--version"]).status === 0) await onEtcd(report, home);
  } finally {
    await rm(home, { recursive: true });
  }
}

async function onEmbedded(report: Report, home: string): Promise<void> {
  const socket = join(home, "store.sock");
  const args = ["store", "serve", "--directory", join(home, "store"), "--socket", socket];
  const server = new KeelProcess({ args, state: join(home, "state") });
  server.start();
  try {
    await server.says("serving");
    await measure(report, "embedded", [`unix:${socket}`], home);
  } finally {
    await server.end("SIGTERM");
  }
}

async function onEtcd(report: Report, home: string): Promise<void> {
  const etcd = await startEtcdCluster({ members: 3, extraArgs: ["--unsafe-no-fsync=false"] });
  try {
    await measure(report, "etcd, three members", etcd.endpoints, home);
  } finally {
    await etcd.close();
  }
}

async function measure(
  report: Report,
  where: string,
  endpoints: readonly string[],
  home: string,
): Promise<void> {
  const { perSecond, transactions } = await stepsPerSecond(endpoints, home);
  const rawPerSecond = await rawStepsPerSecond(endpoints, transactions);
  report.figure(`${where}: the same writes alone`, rawPerSecond, "steps/s");
  report.figure(`${where}: from release to done`, perSecond, "steps/s");
  report.figure(`${where}: transactions of a step`, transactions.length / vms, "");
  report.figure(`${where}: part of what the store can do`, (100 * perSecond) / rawPerSecond, "%");
}

interface Measured {
  readonly perSecond: number;
  /** What was written, revision by revision. */
  readonly transactions: readonly (readonly Change[])[];
}

async function stepsPerSecond(endpoints: readonly string[], home: string): Promise<Measured> {
  const hardware = { memoryBytes: 256 * GiB, cpus: 64 };
  await using live = new LiveCluster({ endpoints, nodes, hardware, times: { startMs: 0 } });
  const args = ["--store", endpoints.join(","), "--cluster", "lab", "reconciler", "--id", "bench"];
  // Another store under the same cluster's name would look like a restored one to who remembers the first.
  const reconciler = new KeelProcess({ args, state: await mkdtemp(join(home, "state-")) });
  reconciler.start();
  try {
    live.beat();
    live.serve();
    switchAll(live, "stopped");
    await live.until("somebody leads", () => live.feed.state.leader !== null);
    await live.until("every agent is there", () =>
      nodes.every((node) => live.feed.state.nodes.get(node)?.agent != null),
    );
    await live.apply();
    await live.until("every VM is known", () => live.feed.state.desired.vms.size === vms);
    return await switchOn(live);
  } finally {
    await reconciler.end("SIGTERM");
  }
}

async function switchOn(live: LiveCluster): Promise<Measured> {
  const written = new Map<number, Change[]>();
  const done = new Set<string>();
  let [firstAt, lastAt] = [0, 0];
  const look = (changes: readonly Change[]): void => {
    for (const change of changes) {
      const key = change.type === "put" ? change.item.key : change.key;
      const revision = change.type === "put" ? change.item.modRevision : change.modRevision;
      if (firstAt === 0 && key.startsWith(`${live.keys.root}step/`)) firstAt = systemClock.monotonic();
      if (firstAt === 0) continue;
      written.set(revision, [...(written.get(revision) ?? []), change]);
      const isProgress = change.type === "put" && key.startsWith(`${live.keys.root}progress/`);
      if (!isProgress || !change.item.value.includes(`"phase":"done"`)) continue;
      done.add(key);
      lastAt = systemClock.monotonic();
    }
  };
  const unsubscribe = live.feed.subscribe(look);
  switchAll(live, "running");
  await live.apply();
  const running = () => nodes.reduce((sum, node) => sum + live.domains(node).length, 0);
  await live.until(
    "every VM runs, and every step is settled",
    () => running() === vms && live.feed.state.released().size === 0,
  );
  unsubscribe();
  return { perSecond: (1000 * done.size) / (lastAt - firstAt), transactions: [...written.values()] };
}

function switchAll(live: LiveCluster, state: "running" | "stopped"): void {
  for (let i = 0; i < vms; i += 1) {
    const node = nodes[i % nodes.length] ?? "hv1";
    live.put(vm(`vm${String(i)}`, { memory: "256MiB", node, state }));
  }
}

/** The same transactions again, under other keys; each compares one key, as theirs do. */
async function rawStepsPerSecond(
  endpoints: readonly string[],
  transactions: readonly (readonly Change[])[],
): Promise<number> {
  const store = connectStore({ endpoints, clock: systemClock });
  const queue = transactions.map((changes) => changes.map(again));
  const began = systemClock.monotonic();
  await Promise.all(Array.from({ length: atOnce }, () => writeAll(store, queue)));
  const tookMs = systemClock.monotonic() - began;
  await store.close();
  return (1000 * vms) / tookMs;
}

async function writeAll(store: Store, queue: Operation[][]): Promise<void> {
  for (let then = queue.shift(); then !== undefined; then = queue.shift()) {
    await store.transact({ compare: [{ key: "/raw", createRevision: 0 }], then });
  }
}

function again(change: Change): Operation {
  if (change.type === "delete") return { delete: `/raw${change.key}` };
  return { put: `/raw${change.item.key}`, value: change.item.value };
}
