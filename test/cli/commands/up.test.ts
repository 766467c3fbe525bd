import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import type { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import { repositoryRoot } from "../../support/root.ts";
import { ApiClient } from "../../support/api-client.ts";
import { temporaryFolder } from "../run-keel.ts";
import { runningDomains } from "../../support/running-domains.ts";
import { keelMain, RunningUp } from "../running-up.ts";

/** Every VM that is wanted running runs. */
function allRun(state: ClusterState): boolean {
  const wanted = [...state.desired.vms.values()].filter((vm) => vm.state === "running");
  const running = runningDomains(state);
  return wanted.length > 0 && wanted.every((vm) => running.has(vm.name));
}

/** A leader and an agent of hv1 that began after `time`, and every node alive, with an agent that knows it. */
function allWellSince(time: number) {
  return (state: ClusterState): boolean => {
    const isNew = (at: number | undefined): boolean => at !== undefined && at > time;
    if (!isNew(state.leader?.since) || !isNew(state.nodes.get("hv1")?.agent?.startedAt)) return false;
    return [...state.desired.nodes.keys()].every((name) => {
      const node = state.nodes.get(name);
      return node?.alive != null && node.agent !== null && node.status?.session.lease === node.alive.lease;
    });
  };
}

function keel(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly exit: number | string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [keelMain, ...args], { cwd }, (error, _out, err) => {
      resolve({ exit: error === null ? 0 : (error.code ?? "killed"), err });
    });
  });
}

describe("keel up", () => {
  it("runs the example cluster; killing its parts harms no guest, and ending it leaves nothing behind", async (test) => {
    const root = await temporaryFolder(test);
    cpSync(join(repositoryRoot, "cluster.d"), join(root, "cluster.d"), { recursive: true });
    const up = new RunningUp(test, root);
    const watched = await up.follow(test, "lab");
    await watched.until("all VMs run", allRun);
    const guests = runningDomains(watched.state);

    await up.says(/api +answers on .*\.keel\/api\.sock/);
    const api = new ApiClient({ socketPath: join(root, ".keel", "api.sock") });
    assert.equal((await api.post("/api/v1/vm/{vm}/protect", { vm: "web1" }, { protect: true })).status, 200);
    await watched.until("what the API was told", ({ desired }) => desired.vms.get("web1")?.protect === true);

    const second = await keel(["up", "--headless"], root);
    assert.equal(second.exit, 1);
    assert.match(second.err, new RegExp(`already running \\(process ${up.pid}\\)`));

    const victims = ["agent-hv1", "reconciler", "store"];
    const before = victims.map((name) => up.part(name));
    const killedAt = Date.now();
    for (const pid of before) process.kill(pid, "SIGKILL");
    for (const name of victims) await up.says(new RegExp(`${name} +was killed \\(SIGKILL\\); starts again`));
    await watched.until("all is well again", allWellSince(killedAt));
    assert.deepEqual(runningDomains(watched.state), guests);
    for (const [index, name] of victims.entries()) assert.notEqual(up.part(name), before[index]);

    assert.equal(await up.end("SIGTERM"), 0);
    assert.deepEqual(up.processes(), []);
    assert.equal(existsSync(join(root, ".keel", "endpoint")), false);
  });

  it("waits for a folder that is wrong at first; killed, it takes its parts with it, and starts again", async (test) => {
    const root = await temporaryFolder(test);
    const write = (text: string) => writeFileSync(join(root, "cluster.d", "all.yaml"), text);
    mkdirSync(join(root, "cluster.d"));
    write("kind: VM\nname: web1\nmemory: lots\n");
    const up = new RunningUp(test, root);
    await up.says(/cluster\.d +cannot be used/);
    await up.says(/all\.yaml:3:9 /);
    write("kind: Cluster\nname: one\n---\nkind: Node\nname: hv1\n---\nkind: VM\nname: web1\nmemory: 1GiB\n");
    const watched = await up.follow(test, "one");
    await watched.until("web1 runs", allRun);
    const [guest] = runningDomains(watched.state).values();

    assert.equal(await up.end("SIGKILL"), "SIGKILL");
    await up.gone();

    const again = new RunningUp(test, root);
    const later = await again.follow(test, "one");
    await later.until(
      "web1 runs again",
      (state) => allRun(state) && runningDomains(state).get("web1") !== guest,
    );
    assert.equal(later.state.applied.head?.generation, 1);
    assert.equal(await again.end("SIGINT"), 0);
    assert.deepEqual(again.processes(), []);
  });

  it("says that there is no folder, before it makes anything", async (test) => {
    const root = await temporaryFolder(test);
    const { exit, err } = await keel(["up", "--headless"], root);
    assert.equal(exit, 5);
    assert.match(err, /there is no such folder/);
    assert.equal(existsSync(join(root, ".keel")), false);
  });
});
