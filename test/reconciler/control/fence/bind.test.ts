import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { ClusterState } from "../../../../reconciler/control/cluster-state.ts";
import { keepBound } from "../../../../reconciler/control/fence/bind.ts";
import { bindingOf, bmcDigest, boundDevices } from "../../../../reconciler/control/fence/bindings.ts";
import type { FenceDevice, PowerReading } from "../../../../reconciler/control/fence/fence-device.ts";
import { resolveNode } from "../../../../reconciler/desired/resolve/resolve-node.ts";
import type { Binding } from "../../../../reconciler/model/binding.ts";
import type { Node } from "../../../../reconciler/model/desired.ts";
import { silentLog } from "../../../../reconciler/runtime/log.ts";
import { encode } from "../../../../reconciler/store/codec.ts";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { MemoryStore } from "../../../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const keys = clusterKeys("lab");
const uuid = "00112233-4455-6677-8899-aabbccddee01";
const otherUuid = "00112233-4455-6677-8899-aabbccddee02";

function nodeWith(name: string, ...addresses: readonly string[]): Node {
  return resolveNode({
    kind: "Node",
    name,
    bmc: addresses.map((address) => ({ agent: "ipmilan", address })),
  });
}

/** Two machines at most, each with a device; the devices answer what the test says. */
class Machines {
  readonly clock = new FakeClock();
  readonly core = new StoreCore({ clock: this.clock });
  readonly store = new MemoryStore({ core: this.core, clock: this.clock });
  state = new ClusterState(keys.root);
  nodes: readonly Node[] = [nodeWith("hv1", "10.0.9.11")];
  power: PowerReading = { power: "on" };
  /** What the device at an address says. */
  readonly told = new Map<string, string | null>([["10.0.9.11", uuid]]);
  readonly asked: string[] = [];
  /** Done while a device is being read. */
  meanwhile: () => Promise<void> = async () => undefined;

  async start(test: TestContext): Promise<void> {
    const { revision } = await this.put(keys.leader, "one");
    const ending = new AbortController();
    const { store, clock } = this;
    const sight = () => this.sight();
    const feed = {
      get state() {
        return sight();
      },
    };
    const guard = { key: keys.leader, createRevision: revision };
    const options = { store, keys, clock, log: silentLog, feed, id: "r1", guard, open: this.open };
    const running = keepBound(options, ending.signal);
    test.after(async () => {
      ending.abort();
      await running;
    });
    await this.pass(0);
  }

  readonly open = ({ address }: { readonly address: string | null }): FenceDevice => ({
    name: `ipmilan ${address ?? ""}`,
    read: async () => {
      this.asked.push(`read ${address ?? ""}`);
      await this.meanwhile();
      return this.power;
    },
    command: async () => assert.fail("it was switched"),
    uuid: async () => this.told.get(address ?? "") ?? null,
  });

  sight() {
    const { state, nodes } = this;
    const desired = { ...state.desired, nodes: new Map(nodes.map((node) => [node.name, node])) };
    const applied = { ...state.applied, revision: 0 };
    return { applied, desired, bindings: state.bindings, nodes: state.nodes };
  }

  async put(key: string, value: string) {
    const result = await this.store.transact({ compare: [], then: [{ put: key, value }] });
    await this.read();
    return result;
  }

  live(node: string, systemUuid: string | null, machineId = `machine-of-${node}`, bootId = "b1") {
    const tells = systemUuid === null ? {} : { systemUuid };
    return this.put(keys.alive(node), encode({ machineId, bootId, address: null, ...tells }));
  }

  async read(): Promise<void> {
    const { items, revision } = await this.store.list(keys.root);
    this.state = new ClusterState(keys.root);
    this.state.load(
      items.filter(({ key }) => key !== keys.leader),
      revision,
    );
  }

  async pass(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await this.read();
  }

  bindingOf(name: string): Binding | null {
    const node = this.nodes.find((known) => known.name === name) ?? assert.fail(`no ${name}`);
    return bindingOf(node, this.state);
  }

  whyUnusable(): string | null {
    const [node = assert.fail("no node")] = this.nodes;
    const kit = boundDevices(this.open, () => this.state).of(node);
    return kit.usable ? null : kit.why.code;
  }
}

async function started(test: TestContext): Promise<Machines> {
  const machines = new Machines();
  await machines.start(test);
  return machines;
}

describe("a power device", () => {
  it("counts once it read on and told the machine's UUID, while the node lived", async (test) => {
    const machines = await started(test);
    await machines.pass(60_000);
    assert.deepEqual(machines.asked, [], "nobody asks while the node does not live");
    assert.equal(machines.whyUnusable(), "bmc-unbound");
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    const { by, who, machineId } = machines.bindingOf("hv1") ?? assert.fail("not bound");
    assert.deepEqual([by, who, machineId], ["uuid", "r1", "machine-of-hv1"]);
    assert.equal(machines.whyUnusable(), null);
    const { length } = machines.asked;
    await machines.pass(600_000);
    assert.equal(machines.asked.length, length, "once is enough");
  });

  it("of another node counts for nothing", async (test) => {
    const machines = await started(test);
    machines.told.set("10.0.9.11", otherUuid);
    await machines.live("hv1", uuid);
    await machines.pass(600_000);
    assert.equal(machines.bindingOf("hv1"), null);
    assert.equal(machines.whyUnusable(), "bmc-unbound");
  });

  it("counts for nothing where two nodes share it under two names", async (test) => {
    const machines = await started(test);
    machines.nodes = [nodeWith("hv1", "10.0.9.11"), nodeWith("hv2", "bmc1.example.org")];
    machines.told.set("bmc1.example.org", uuid);
    await machines.live("hv1", uuid);
    await machines.live("hv2", otherUuid);
    await machines.pass(600_000);
    assert.ok(machines.bindingOf("hv1") !== null);
    assert.equal(machines.bindingOf("hv2"), null);
  });

  it("is not known by a UUID that two machines tell, or none", async (test) => {
    const machines = await started(test);
    await machines.live("hv1", uuid);
    await machines.live("hv2", uuid);
    await machines.pass(600_000);
    assert.equal(machines.bindingOf("hv1"), null);
    await machines.live("hv2", null);
    await machines.live("hv1", null);
    await machines.pass(600_000);
    assert.equal(machines.bindingOf("hv1"), null);
  });

  it("that reads off while the node lives, or tells nothing, is not its own", async (test) => {
    const machines = await started(test);
    machines.power = { power: "off" };
    await machines.live("hv1", uuid);
    await machines.pass(60_000);
    assert.equal(machines.bindingOf("hv1"), null);
    machines.power = { power: "unknown", why: "10.0.9.11 does not answer" };
    await machines.pass(60_000);
    assert.equal(machines.bindingOf("hv1"), null);
    machines.power = { power: "on" };
    await machines.pass(300_000);
    assert.ok(machines.bindingOf("hv1") !== null, "it is asked again");
  });

  it("is asked ever more seldom where it is not the node's", async (test) => {
    const machines = await started(test);
    machines.told.set("10.0.9.11", null);
    await machines.live("hv1", uuid);
    await machines.pass(3_600_000);
    assert.ok(machines.asked.length > 5 && machines.asked.length < 25, String(machines.asked.length));
  });

  it("counts no longer after an edit, until it was asked again", async (test) => {
    const machines = await started(test);
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    machines.told.set("10.0.9.12", otherUuid);
    machines.nodes = [nodeWith("hv1", "10.0.9.12")];
    assert.equal(machines.whyUnusable(), "bmc-unbound");
    await machines.pass(60_000);
    assert.equal(machines.whyUnusable(), "bmc-unbound");
  });

  it("counts no longer after an edit that was taken back, until it was asked again", async (test) => {
    const machines = await started(test);
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    machines.nodes = [nodeWith("hv1", "10.0.9.12")];
    await machines.pass(4_000);
    machines.nodes = [nodeWith("hv1", "10.0.9.11")];
    assert.equal(machines.whyUnusable(), "bmc-unbound", "it may switch another machine by now");
    await machines.pass(300_000);
    assert.equal(machines.whyUnusable(), null);
  });

  it("counts as before where the edit came and went while the node was lost", async (test) => {
    const machines = await started(test);
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    const seen = encode({ machineId: "machine-of-hv1", bootId: "b1", alive: false });
    const then = [{ delete: keys.alive("hv1") }, { put: keys.seen("hv1"), value: seen }];
    await machines.store.transact({ compare: [], then });
    await machines.pass(0);
    machines.nodes = [nodeWith("hv1", "10.0.9.12")];
    await machines.pass(60_000);
    machines.nodes = [nodeWith("hv1", "10.0.9.11")];
    assert.equal(machines.whyUnusable(), null);
  });

  it("counts only together with the node's others", async (test) => {
    const machines = await started(test);
    machines.nodes = [nodeWith("hv1", "10.0.9.11", "10.0.9.12")];
    machines.told.set("10.0.9.12", otherUuid);
    await machines.live("hv1", uuid);
    await machines.pass(60_000);
    assert.equal(machines.whyUnusable(), "bmc-unbound");
    machines.told.set("10.0.9.12", uuid);
    await machines.pass(300_000);
    assert.equal(machines.whyUnusable(), null);
  });

  it("counts no longer for another machine under the node's name", async (test) => {
    const machines = await started(test);
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    machines.told.set("10.0.9.11", null);
    await machines.live("hv1", otherUuid, "another machine");
    await machines.pass(2_000);
    assert.equal(machines.whyUnusable(), "bmc-unbound");
    await machines.store.transact({ compare: [], then: [{ delete: keys.alive("hv1") }] });
    assert.equal((await machines.store.list(keys.bound(""))).items.length, 0, "also once it is gone");
  });

  it("is not bound where the node began another life while it was read", async (test) => {
    const machines = await started(test);
    machines.meanwhile = async () => {
      machines.meanwhile = async () => undefined;
      await machines.live("hv1", uuid, "machine-of-hv1", "b2");
    };
    await machines.live("hv1", uuid);
    await machines.pass(2_000);
    assert.equal(machines.state.bindings.seen.get("hv1"), undefined);
    await machines.pass(30_000);
    assert.ok(machines.bindingOf("hv1") !== null);
  });

  it("is not bound by one who leads no more", async (test) => {
    const machines = await started(test);
    machines.meanwhile = async () => {
      await machines.store.transact({ compare: [], then: [{ delete: keys.leader }] });
    };
    await machines.live("hv1", uuid);
    await machines.pass(60_000);
    assert.equal(machines.state.bindings.seen.get("hv1"), undefined);
  });

  it("counts by a person's word, for that machine and these definitions", async (test) => {
    const machines = await started(test);
    machines.told.set("10.0.9.11", null);
    await machines.live("hv1", null);
    const [node = assert.fail("no node")] = machines.nodes;
    const word: Binding = {
      node: "hv1",
      digest: bmcDigest(node),
      machineId: "machine-of-hv1",
      by: "word",
      who: "ada",
      at: 0,
    };
    await machines.put(keys.boundByHand("hv1"), encode(word));
    assert.equal(machines.whyUnusable(), null);
    machines.nodes = [nodeWith("hv1", "10.0.9.13")];
    assert.equal(machines.whyUnusable(), "bmc-unbound");
  });
});
