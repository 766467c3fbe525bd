// Needs: etcd, etcdctl, openssl
/**
 * A real etcd with certificates and roles: every part does its work with its own certificate, and nobody can write
 * what is somebody else's.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it } from "node:test";
import { runAgent } from "../../agent/agent.ts";
import { SimulatedNetwork } from "../../agent/hypervisor/simulated/network.ts";
import { SimulatedHypervisor } from "../../agent/hypervisor/simulated/simulated-hypervisor.ts";
import { runHeartbeat } from "../../agent/heartbeat.ts";
import { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { runReconciler } from "../../reconciler/control/reconciler.ts";
import { silentLog as log } from "../../reconciler/runtime/log.ts";
import { systemClock as clock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { type Store, StoreError } from "../../reconciler/store/store.ts";
import { MarkInMemory } from "../../reconciler/store/trust/mark-file.ts";
import { StoreMemory } from "../../reconciler/store/trust/store-memory.ts";
import { type Outcome, runKeel } from "../cli/run-keel.ts";
import { Authority, credentialsOf } from "../support/certificates.ts";
import { SecuredEtcd } from "../support/etcd-secured.ts";

const keys = clusterKeys("lab");
const labYaml = `
kind: Cluster
name: lab
---
kind: Node
name: hv1
---
kind: Node
name: hv2
---
kind: VM
name: web1
memory: 1GiB
node: hv1
disks: []
`;

describe("a store with certificates and roles", { timeout: 60_000 }, () => {
  let etcd: SecuredEtcd;
  const ending = new AbortController();
  const running: Promise<unknown>[] = [];

  before(async () => {
    etcd = await SecuredEtcd.start();
    await mkdir(join(etcd.folder, "cluster.d"));
    await writeFile(join(etcd.folder, "cluster.d", "lab.yaml"), labYaml);
  });
  after(async () => {
    ending.abort(new Error("the test is over"));
    await Promise.allSettled(running);
    await etcd.close();
  });

  async function keelAs(commonName: string, ...args: string[]): Promise<Outcome> {
    return runKeel(args, { cwd: etcd.folder, env: await etcd.environment(commonName) });
  }

  /** Looks again and again whether the store is still the one that it was, with the rights of its store. */
  async function trusting(store: Store, by: string): Promise<StoreMemory> {
    const options = { store, key: keys.store, clock, log, file: new MarkInMemory(), by };
    const trust = await StoreMemory.open(options);
    running.push(trust.run(ending.signal));
    return trust;
  }

  const setUp = ["store", "roles", "--node", "hv1", "--node", "hv2", "--apply", "-y"];

  it("is not locked by somebody who could not get in again", async () => {
    const { exit, err } = await keelAs("keel-operator", ...setUp, "--enable-auth");
    assert.equal(exit, 1);
    assert.match(err, /was refused: your certificate is that of keel-operator/);
  });

  it("is set up once; a second time there is nothing to do", async () => {
    const first = await keelAs("root", ...setUp, "--enable-auth");
    assert.equal(first.exit, 0, first.err);
    assert.match(first.err, /changes made\. Authentication is on\./);
    const second = await keelAs("root", ...setUp);
    assert.match(second.out, /nothing is to be changed/);
    assert.match(second.err, /^0 changes made\.$/m);
  });

  it("takes away what somebody gave an agent by hand", async () => {
    const role = "keel:lab:agent:hv1";
    const { RoleSetup } = await import("../../reconciler/store/etcd/role-setup.ts");
    const credentials = await credentialsOf(await etcd.certificate("root"));
    const setup = new RoleSetup({ endpoints: [etcd.endpoint], clock, credentials });
    const everything = { access: "read-write", key: keys.root, end: "/evenkeel/lab0" } as const;
    try {
      await setup.change({ kind: "grant", role, permission: everything });
      await setup.change({ kind: "give-role", user: "keel-agent-hv2", role });
      const { exit, out, err } = await keelAs("root", ...setUp);
      assert.equal(exit, 0, err);
      assert.match(out, /role revoke-permission keel:lab:agent:hv1 \/evenkeel\/lab\/ \/evenkeel\/lab0/);
      assert.match(out, /user revoke-role keel-agent-hv2 keel:lab:agent:hv1/);
      assert.match((await keelAs("root", ...setUp)).out, /nothing is to be changed/);
    } finally {
      setup.close();
    }
  });

  it("lets agent, heartbeat, reconciler and operator do their work, each with its own certificate", async () => {
    for (const node of ["hv1", "hv2"]) {
      const machine = new SimulatedNetwork().add({ node, clock });
      const shared = { node, cluster: "lab", bootId: machine.bootId, clock, log };
      const heart = { ...shared, machineId: node, address: null };
      running.push(
        runHeartbeat({ ...heart, store: await etcd.connect(`keel-heartbeat-${node}`) }, ending.signal),
      );
      const store = await etcd.connect(`keel-agent-${node}`);
      const hypervisor = new SimulatedHypervisor(machine, clock);
      const trust = await trusting(store, `agent of ${node}`);
      running.push(runAgent({ ...shared, store, version: "test", hypervisor, trust }, ending.signal));
    }
    const store = await etcd.connect("keel-reconciler");
    const trust = await trusting(store, "reconciler one");
    const feed = new ClusterFeed({ store, root: keys.root, clock, log });
    running.push(feed.run(ending.signal));
    running.push(
      runReconciler({ store, maintenance: store, keys, clock, log, feed, id: "one", trust }, ending.signal),
    );

    const applied = await keelAs("keel-operator", "apply", "-y");
    assert.equal(applied.exit, 0, applied.err);
    const { out, exit } = await keelAs("keel-viewer", "get", "vm", "-o", "json");
    assert.equal(exit, 0);
    assert.match(out, /"state": "running"/);
    assert.equal((await keelAs("keel-operator", "approve", "vm/web1", "--destroy")).exit, 1, "not absent");
  });

  it("lets the reconciler look after the store, and a viewer see how it is", async () => {
    const store = await etcd.connect("keel-reconciler");
    const { revision } = await store.status();
    await store.compact(revision);
    const { out, exit, err } = await keelAs("keel-viewer", "store", "status");
    assert.equal(exit, 0, err);
    assert.match(out, /^applied +generations 1 to 1 are kept$/m);
    assert.match(out, /^m1 +https:\/\/127\.0\.0\.1:\d+ +yes +-$/m);
  });

  it("lets a viewer take a backup, and only root put one back", async () => {
    assert.equal((await keelAs("keel-viewer", "store", "backup", "lab.backup")).exit, 0);
    const denied = await keelAs("keel-operator", "store", "restore", "lab.backup", "--into", "lab2", "-y");
    assert.match(denied.err, /permission denied/);
    const restored = await keelAs("root", "store", "restore", "lab.backup", "--into", "lab2", "-y");
    assert.equal(restored.exit, 0, restored.err);
    const verified = await keelAs("root", "store", "verify", "--cluster", "lab2");
    assert.match(verified.out, /All of it is whole/);
  });

  it("refuses an agent every write outside of its own node's keys", async () => {
    const agent = await etcd.connect("keel-agent-hv1");
    for (const key of [
      keys.leader,
      keys.head,
      keys.history(1),
      keys.object("0"),
      keys.collection,
      keys.placement("web1"),
      keys.identity("web1"),
      keys.tries("web1"),
      keys.volume("default", "web1"),
      keys.alive("hv1"),
      keys.alive("hv2"),
      keys.agent("hv2"),
      keys.status("hv2"),
      keys.domain("hv2", "web1"),
      keys.node("hv11"),
      keys.step("hv1", "s1"),
      keys.step("hv2", "s1"),
      keys.progress("hv2", "s1"),
      keys.request("release-web1"),
      keys.event("leader", "0000"),
      keys.event("hv2", "0000"),
      keys.source,
      keys.planUsed("p1"),
      `${keys.root}maintenance`,
      `${keys.root}fence/hv2`,
      clusterKeys("other").status("hv1"),
      "elsewhere",
    ]) {
      await assertDenied(agent, key);
    }
  });

  it("lets an agent write its node's keys, and mark the store as frozen", async () => {
    const agent = await etcd.connect("keel-agent-hv1");
    for (const key of [keys.domain("hv1", "old"), keys.progress("hv1", "old"), keys.store]) {
      assert.ok((await agent.transact({ compare: [], then: [{ put: key, value: "{}" }] })).ok);
      assert.ok((await agent.transact({ compare: [], then: [{ delete: key }] })).ok);
    }
  });

  it("does not let an agent end a lease that holds another one's key", async () => {
    const agent = await etcd.connect("keel-agent-hv1");
    const { Etcd3 } = await import("etcd3");
    const alive = await agent.get(keys.alive("hv2"));
    const client = new Etcd3({
      hosts: etcd.endpoint,
      credentials: { ...(await credentialsOf(await etcd.certificate("keel-agent-hv1"))) },
    });
    try {
      await assert.rejects(client.leaseClient.leaseRevoke({ ID: alive?.lease ?? "0" }), /permission denied/);
    } finally {
      client.close();
    }
    assert.equal((await agent.get(keys.alive("hv2")))?.lease, alive?.lease);
  });

  it("keeps the others to their keys too", async () => {
    const refused: readonly (readonly [string, readonly string[]])[] = [
      [
        "keel-heartbeat-hv1",
        [keys.alive("hv2"), keys.agent("hv1"), keys.status("hv1"), keys.placement("web1")],
      ],
      [
        "keel-reconciler",
        [keys.alive("hv1"), keys.status("hv1"), keys.domain("hv1", "x"), keys.planUsed("p1")],
      ],
      [
        "keel-operator",
        [keys.leader, keys.placement("web1"), keys.step("hv1", "s1"), keys.alive("hv1"), keys.store],
      ],
      ["keel-viewer", [keys.head, keys.request("r1"), keys.alive("hv1"), keys.store]],
    ];
    for (const [who, theirs] of refused) {
      const store = await etcd.connect(who);
      for (const key of theirs) await assertDenied(store, key);
    }
  });

  it("says in a command why it was refused, and what to show", async () => {
    const { exit, err } = await keelAs("keel-viewer", "apply", "-y");
    assert.equal(exit, 0, "nothing to change, nothing to write");
    await writeFile(
      join(etcd.folder, "cluster.d", "more.yaml"),
      "kind: VM\nname: web2\nmemory: 1GiB\ndisks: []\n",
    );
    const refused = await keelAs("keel-viewer", "apply", "-y");
    assert.equal(refused.exit, 1, err);
    assert.match(
      refused.err,
      /permission denied \(\/evenkeel\/lab\/identity\/web2\).*`keel store roles` shows what a role lacks/,
    );
    assert.match(refused.err, /KEEL_STORE_CERT/);
  });

  it("does not answer who shows no certificate, or one of another authority", async () => {
    const { ca } = await etcd.certificate("root");
    const env = { KEEL_STORE: etcd.endpoint, KEEL_STORE_CA: ca };
    const nobody = await runKeel(["get", "vm"], { cwd: etcd.folder, env });
    assert.equal(nobody.exit, 6);
    assert.match(nobody.err, /certificate/);

    const foreign = await new Authority(etcd.folder, "other-ca").sign("root");
    const stranger = { ...env, KEEL_STORE_CERT: foreign.cert, KEEL_STORE_KEY: foreign.key };
    assert.equal((await runKeel(["get", "vm"], { cwd: etcd.folder, env: stranger })).exit, 6);

    const { cert, key } = await etcd.certificate("root");
    const deceived = {
      KEEL_STORE: etcd.endpoint,
      KEEL_STORE_CA: foreign.ca,
      KEEL_STORE_CERT: cert,
      KEEL_STORE_KEY: key,
    };
    const doubting = await runKeel(["get", "vm"], { cwd: etcd.folder, env: deceived });
    assert.equal(doubting.exit, 6);
    assert.match(doubting.err, /certificate/);
  });

  it("denies everything to a certificate that has no role", async () => {
    const store = await etcd.connect("somebody");
    await assert.rejects(store.get(keys.head), isDenied);
    await assertDenied(store, keys.head);
  });

  it("is not read without TLS", async () => {
    const plain = connectStore({ endpoints: [etcd.endpoint.replace("https", "http")], clock });
    await assert.rejects(plain.get(keys.head), StoreError);
    await plain.close();
  });
});

describe("the roles in the words of etcdctl", { timeout: 60_000 }, () => {
  it("are the same that `--apply` sets up", async (test) => {
    const etcd = await SecuredEtcd.start();
    test.after(() => etcd.close());
    const env = await etcd.environment("root");
    const options = { cwd: etcd.folder, env };
    const args = ["store", "roles", "--cluster", "lab", "--node", "hv1"];
    const commands = await runKeel([...args, "-o", "commands", "--enable-auth"], options);
    const ours = {
      ETCDCTL_API: "3",
      ETCDCTL_ENDPOINTS: etcd.endpoint,
      ETCDCTL_CACERT: env["KEEL_STORE_CA"],
      ETCDCTL_CERT: env["KEEL_STORE_CERT"],
      ETCDCTL_KEY: env["KEEL_STORE_KEY"],
    };
    const script = spawnSync("sh", ["-e"], {
      input: commands.out,
      env: { ...process.env, ...ours },
      encoding: "utf8",
    });
    assert.equal(script.status, 0, script.stderr);
    const { out } = await runKeel([...args, "--enable-auth"], options);
    assert.match(out, /nothing is to be changed/);
    const stranger = await etcd.connect("keel-agent-hv2");
    await assert.rejects(stranger.get(keys.head), isDenied);
    const agent = await etcd.connect("keel-agent-hv1");
    await assertDenied(agent, keys.status("hv2"));
    assert.ok((await agent.transact({ compare: [], then: [{ delete: keys.status("hv1") }] })).ok);
  });
});

async function assertDenied(store: Store, key: string): Promise<void> {
  await assert.rejects(
    store.transact({ compare: [], then: [{ put: key, value: "{}" }] }),
    isDenied,
    `put ${key}`,
  );
  await assert.rejects(store.transact({ compare: [], then: [{ delete: key }] }), isDenied, `delete ${key}`);
}

function isDenied(error: unknown): boolean {
  return error instanceof StoreError && error.code === "denied";
}
