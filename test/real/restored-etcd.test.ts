// Needs: etcd, etcdctl
/** A real etcd that is set back to an older snapshot under a running cluster, as an administrator would do it. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { it, type TestContext } from "node:test";
import { runKeel, temporaryFolder } from "../cli/run-keel.ts";
import { type EtcdCluster, startEtcdCluster } from "../support/etcd-cluster.ts";
import { KeelProcess } from "../support/keel-process.ts";
import { LiveCluster } from "../support/live-cluster.ts";
import { vm } from "../support/plan/model-cluster.ts";
import { untilSeen } from "../support/until-seen.ts";

function etcdctl(...args: readonly string[]): string {
  const env = { ...process.env, ETCDCTL_API: "3" };
  const { status, stdout, stderr } = spawnSync("etcdctl", args, { env, encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The same cluster by its token, its name and its address: nothing but the revision tells. */
async function setBack(etcd: EtcdCluster, snapshot: string, directory: string): Promise<void> {
  const [member] = etcd.members;
  assert.ok(member);
  const peer = etcdctl("--endpoints", member.endpoint, "member", "list").split(", ")[3] ?? "";
  await member.kill();
  rmSync(directory, { recursive: true });
  const urls = ["--initial-cluster", `m1=${peer}`, "--initial-advertise-peer-urls", peer];
  etcdctl("snapshot", "restore", snapshot, "--name", "m1", "--data-dir", directory, ...urls);
  await member.start();
  await member.ready();
}

async function startDaemons(test: TestContext, live: LiveCluster, folder: string): Promise<string> {
  const state = join(folder, "state");
  const store = ["--store", live.endpoints.join(","), "--cluster", live.name];
  const start = (...args: readonly string[]): void => {
    const daemon = new KeelProcess({ args: [...store, ...args], state });
    test.after(() => daemon.end("SIGKILL"));
    daemon.start();
  };
  mkdirSync(join(folder, "sock"));
  for (const node of live.nodes) {
    const socket = join(folder, "sock", node);
    await live.listen(node, socket);
    start("agent", "--node", node, "--host-socket", socket, ...live.identityFiles(node, folder));
  }
  start("reconciler", "--id", "r1", "--simulated");
  live.beat();
  return state;
}

it("is frozen once an etcd is set back, and goes on from what runs once that is accepted", async (test) => {
  const folder = await temporaryFolder(test);
  const directory = join(folder, "etcd");
  const etcd = await startEtcdCluster({ extraArgs: ["--data-dir", directory] });
  test.after(() => etcd.close());
  const [endpoint = ""] = etcd.endpoints;
  await using live = new LiveCluster({ endpoints: [endpoint], nodes: ["hv1", "hv2"] });
  const state = await startDaemons(test, live, folder);
  const keel = (...args: readonly string[]) =>
    runKeel(["--store", endpoint, "--cluster", live.name, ...args], { cwd: folder });
  const runsAt = (node: string) => live.domains(node).some(({ vm: name }) => name === "web");

  live.put(vm("web", { node: "hv1", memory: "64MiB" }));
  await live.apply();
  await untilSeen("web runs on hv1", async () => runsAt("hv1"));
  const snapshot = join(folder, "snapshot");
  etcdctl("--endpoints", endpoint, "snapshot", "save", snapshot);
  const then = live.feed.state.revision;
  live.put(vm("web", { node: "hv2", memory: "64MiB" }));
  await live.apply();
  await live.until("web is moved", () => {
    const placement = live.feed.state.placements.get("web")?.placement;
    return placement?.node === "hv2" && placement.moving === null;
  });
  const revisionOf = (part: string) =>
    Number(/"revision":(\d+)/.exec(readFileSync(join(state, `lab-${part}.mark`), "utf8"))?.[1]);
  const parts = ["agent-hv1", "agent-hv2", "reconciler-r1"];
  await untilSeen("all remember that", async () => parts.every((part) => revisionOf(part) > then + 1));

  await setBack(etcd, snapshot, directory);
  const frozen = async () => (await live.store.get(live.keys.store))?.value.includes('"why"') === true;
  await untilSeen("it is frozen", frozen);
  const shown = await keel("get", "vms");
  assert.match(shown.err, /^warning: the store is frozen: it is at revision \d+, and \d+ was seen/);
  const planned = await keel("plan");
  assert.deepEqual([planned.exit, /^error: The store is frozen/.test(planned.err)], [6, true]);

  let accepted = await keel("store", "accept-restore", "-y");
  await untilSeen("all nodes were read, and it is accepted", async () => {
    if (accepted.exit !== 0) accepted = await keel("store", "accept-restore", "-y");
    return accepted.exit === 0;
  });
  assert.match(accepted.out, /web runs on hv2; in the restored store it is on hv1/);
  assert.match(accepted.out, /Accepted\./);
  // The documents of then want it on hv1, where it comes alive: it was started once, and runs on.
  await untilSeen("web is at home", async () => runsAt("hv1") && !runsAt("hv2"));
  assert.deepEqual(
    live.guests.filter(({ kind }) => kind === "start").map(({ node }) => node),
    ["hv1"],
  );
  assert.equal(
    (await keel("store", "accept-restore")).out,
    "The store is not frozen: there is nothing to accept.\n",
  );
});
