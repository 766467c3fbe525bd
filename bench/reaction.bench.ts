/**
 * From saving a file to the agent's first action, in `reconcile.mode: safe`, through real processes: the watcher's
 * settle time is taken off, since it is waited on purpose. Also what the processes weigh, and what they cost at rest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defaultSettleMs } from "../reconciler/desired/watch/watch-folder.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { connectStore } from "../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../reconciler/store/keys.ts";
import type { Store } from "../reconciler/store/store.ts";
import { quantile, type Report } from "./report.ts";
import { residentMiB } from "./resident.ts";

export const name = "reaction";

const edits = 40;
const restMs = 10_000;
const keel = fileURLToPath(new URL("../cli/main.js", import.meta.url));

export async function run(report: Report): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "keel-bench-"));
  const folder = join(home, "cluster.d");
  await mkdir(folder);
  await writeFile(join(folder, "cluster.yaml"), clusterText);
  await writeVm(folder, 1);
  const up = spawn(process.execPath, [keel, "up", "--headless", "--dir", folder], { stdio: "ignore" });
  const store = connectStore({ endpoints: [await endpointIn(home)], clock: systemClock });
  try {
    await nextStep(store, "done", () => Promise.resolve());
    await reactions(report, store, folder);
    await weights(report, home);
  } finally {
    await store.close();
    await ended(up);
    await rm(home, { recursive: true });
  }
}

async function reactions(report: Report, store: Store, folder: string): Promise<void> {
  const times: number[] = [];
  for (let i = 0; i < edits; i += 1) {
    let saved = 0;
    await nextStep(store, "claimed", async () => {
      await writeVm(folder, 2 + (i % 7));
      saved = systemClock.monotonic();
    });
    times.push(systemClock.monotonic() - saved - defaultSettleMs);
    await systemClock.sleep(200);
  }
  times.sort((a, b) => a - b);
  report.figure("save to claim, without settling, median", quantile(times, 0.5), "ms");
  report.figure("save to claim, without settling, p95", quantile(times, 0.95), "ms");
}

const clusterText = "kind: Cluster\nname: lab\nreconcile: {mode: safe}\n---\nkind: Node\nname: hv1\n";

async function writeVm(folder: string, step: number): Promise<void> {
  await writeFile(join(folder, "web.yaml"), `kind: VM\nname: web\nmemory: ${String(512 + step * 64)}MiB\n`);
}

/** Does `cause`, and resolves when an agent then reports this phase of any step. */
async function nextStep(store: Store, phase: string, cause: () => Promise<void>): Promise<void> {
  const { root } = clusterKeys("lab");
  const { revision } = await store.list(`${root}progress/`);
  const end = new AbortController();
  const watching = (async () => {
    for await (const event of store.watch(`${root}progress/`, revision, end.signal)) {
      if (event.type === "relist") return;
      const values = event.changes.map((change) => (change.type === "put" ? change.item.value : ""));
      if (values.some((value) => value.includes(`"phase":"${phase}"`))) return;
    }
  })();
  await cause();
  await watching;
  end.abort();
}

async function endpointIn(home: string): Promise<string> {
  for (;;) {
    const text = await readFile(join(home, ".keel", "endpoint"), "utf8").catch(() => "");
    if (text !== "") return text.trim();
    await systemClock.sleep(20);
  }
}

/** Resident memory of each kind of process, and the CPU time of all of them while nothing happens. */
async function weights(report: Report, home: string): Promise<void> {
  const parts = new Map<string, number>();
  const files = await readdir(join(home, ".keel", "run"));
  for (const file of files.filter((each) => each.endsWith(".pid"))) {
    const pid = (await readFile(join(home, ".keel", "run", file), "utf8")).trim();
    parts.set(file.replace(/\.pid$/u, ""), Number(pid));
  }
  for (const [part, pid] of parts) report.figure(`resident memory of ${part}`, await residentMiB(pid), "MiB");
  const before = await cpuSeconds(parts.values());
  await systemClock.sleep(restMs);
  const spent = (await cpuSeconds(parts.values())) - before;
  report.figure("CPU of all of them at rest", (spent / (restMs / 1000)) * 100, "%");
}

/** User and system time, in clock ticks of 10 ms. */
async function cpuSeconds(pids: Iterable<number>): Promise<number> {
  let ticks = 0;
  for (const pid of pids) {
    const fields = (await readFile(`/proc/${String(pid)}/stat`, "utf8")).split(") ")[1]?.split(" ") ?? [];
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / 100;
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await exit;
}
