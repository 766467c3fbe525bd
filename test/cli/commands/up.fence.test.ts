import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";
import type { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import { runKeel, temporaryFolder } from "../run-keel.ts";
import { nodeOf, runningDomains } from "../../support/running-domains.ts";
import { RunningUp } from "../running-up.ts";

const documents = `
kind: Cluster
name: lab
fencing: {lease: 2s, grace: 2s}
---
{kind: Node, name: hv1, bmc: {agent: simulated}}
---
{kind: Node, name: hv2, bmc: {agent: simulated}}
---
{kind: Node, name: hv3, bmc: {agent: simulated}}
---
{kind: VM, name: web, memory: 1GiB, node: hv1}
`;

describe("keel up", () => {
  it("fences a node whose heartbeat hangs, and takes it in again once somebody says so", async (test) => {
    const root = await temporaryFolder(test);
    mkdirSync(join(root, "cluster.d"));
    writeFileSync(join(root, "cluster.d", "lab.yaml"), documents);
    const up = new RunningUp(test, root);
    const watched = await up.follow(test, "lab");
    await watched.until("web runs at home", (state) => nodeOf(state, "web") === "hv1");
    const before = runningDomains(watched.state).get("web");

    process.kill(up.part("heartbeat-hv1"), "SIGSTOP");
    await watched.until("web runs elsewhere", (state) => !["hv1", null].includes(nodeOf(state, "web")));
    assert.notEqual(runningDomains(watched.state).get("web"), before);
    const isBack = (state: ClusterState) => {
      const boot = state.nodes.get("hv1")?.alive?.bootId;
      const dead = state.fences.get("hv1")?.quarantine?.incident.bootId;
      return boot !== undefined && dead !== undefined && boot !== dead;
    };
    await watched.until("hv1 is switched on again, in quarantine", isBack);

    const { exit, err } = await runKeel(["node", "ready", "hv1", "-y"], { cwd: root });
    assert.equal(exit, 0, err);
    await watched.until("web is home again", (state) => nodeOf(state, "web") === "hv1");
    assert.equal(await up.end("SIGTERM"), 0);
    await up.gone();
  });
});
