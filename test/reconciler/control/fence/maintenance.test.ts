import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { ClusterState, type StoredRequest } from "../../../../reconciler/control/cluster-state.ts";
import { ClockWatch } from "../../../../reconciler/control/fence/clock-watch.ts";
import {
  endsByTime,
  isLeftAlone,
  maintenanceChangesInMs,
  maintenanceOf,
} from "../../../../reconciler/control/fence/maintenance.ts";
import { noMaintenance } from "../../../../reconciler/model/maintenance.ts";
import { Scene } from "../../../support/cluster/scene.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const common = { by: "ann", at: 0, revision: 4 };

/** An override of one node, or of the cluster. */
function override(node: string | null, expiresAt: number): StoredRequest {
  const id = node === null ? "maintenance" : `maintenance-${node}`;
  return { ...common, id, expiresAt, kind: "maintenance", cluster: "default", node, reason: "swap" };
}

describe("the maintenance in force", () => {
  let state: ClusterState;
  let clock: FakeClock;
  let watch: ClockWatch;
  beforeEach(() => {
    state = new ClusterState("/evenkeel/lab/");
    clock = new FakeClock();
    watch = new ClockWatch(clock);
  });
  const inForce = () => {
    const record = maintenanceOf(state, watch.times(endsByTime(state)));
    state.maintenance = { record, revision: 1 };
    return record;
  };
  const changesInMs = () => maintenanceChangesInMs(state, watch.times(endsByTime(state)));
  const ask = (request: StoredRequest) => state.requests.set(request.id, request);

  it("is off where neither files nor overrides ask for it", () => {
    assert.deepEqual(inForce().cluster, noMaintenance);
  });

  it("is on by an override, until that expires", async () => {
    ask(override(null, clock.now() + 60_000));
    assert.equal(isLeftAlone(inForce(), "hv1"), true);
    assert.equal(changesInMs(), 60_000);
    assert.equal(inForce().cluster.ending, true);
    await clock.advance(60_000);
    assert.equal(isLeftAlone(inForce(), "hv1"), false);
  });

  it("is ending in its last five minutes, which the leader does not sleep through", async () => {
    ask(override(null, clock.now() + 330_000));
    assert.equal(inForce().cluster.ending, false);
    assert.equal(changesInMs(), 30_000);
    await clock.advance(30_000);
    assert.equal(inForce().cluster.ending, true);
    assert.equal(changesInMs(), 60_000, "a clock may be put right");
  });

  const doubted = () => {
    const { on, doubt, until } = inForce().cluster;
    return [on, doubt, until];
  };

  it("stays on where the clock was set forward, and says so, until it would have ended by the clock of before", async () => {
    ask(override(null, clock.now() + 90_000));
    inForce();
    clock.set(clock.now() + 3_600_000);
    assert.deepEqual(doubted(), [true, true, null]);
    assert.equal(changesInMs(), 60_000);
    await clock.advance(60_000);
    assert.deepEqual([...doubted(), changesInMs()], [true, true, null, 30_000]);
    await clock.advance(30_000);
    assert.deepEqual([inForce().cluster, changesInMs()], [noMaintenance, null]);
  });

  it("stays on where the clock was set back, until it ends by that", async () => {
    ask(override(null, clock.now() + 60_000));
    inForce();
    clock.set(clock.now() - 600_000);
    await clock.advance(60_000);
    assert.deepEqual(doubted(), [true, true, null]);
    await clock.advance(600_000);
    assert.deepEqual(inForce().cluster, noMaintenance);
  });

  it("is out of doubt once the clock is put right", () => {
    const until = clock.now() + 60_000;
    ask(override(null, until));
    inForce();
    clock.set(clock.now() + 3_600_000);
    assert.deepEqual(doubted(), [true, true, null]);
    clock.set(clock.now() - 3_600_000);
    assert.deepEqual(doubted(), [true, false, until]);
  });

  it("of a node outlasts its document, as the node itself does", async () => {
    const maintenance = { on: true, reason: "disks", until: clock.now() + 60_000 };
    state.lastFields.set("hv1", {
      fields: { node: "hv1", address: null, bmc: [], maintenance },
      revision: 1,
    });
    assert.equal(inForce().nodes["hv1"]?.reason, "disks");
    await clock.advance(60_000);
    assert.deepEqual(inForce().nodes, {});
    ask(override("hv1", clock.now() + 60_000));
    assert.equal(isLeftAlone(inForce(), "hv1"), true);
    state.lastFields.delete("hv1");
    assert.deepEqual(inForce().nodes, {}, "it has left");
  });

  it("is in doubt as well where it is prolonged after the clock was set: by whose clock, nobody knows", () => {
    ask(override(null, clock.now() + 60_000));
    inForce();
    clock.set(clock.now() + 3_600_000);
    ask(override(null, clock.now() - 600_000));
    assert.deepEqual(doubted(), [true, true, null], "by the clock that was not set its end is to come");
    ask(override(null, clock.now() - 3_600_000));
    assert.deepEqual(inForce().cluster, noMaintenance, "it is over by both");
  });

  it("believes the clock for what began after it was set", async () => {
    inForce();
    clock.set(clock.now() + 3_600_000);
    ask(override(null, clock.now() + 60_000));
    inForce();
    await clock.advance(60_000);
    assert.deepEqual(inForce().cluster, noMaintenance);
  });
});

describe("the end of a maintenance that comes near", () => {
  const minute = 60_000;
  const told = ({ cluster }: Scene) =>
    [...cluster.feed.state.events.values()]
      .filter(({ code }) => code.startsWith("maintenance-"))
      .sort((a, b) => a.at - b.at)
      .map(({ level, code }) => `${level} ${code}`);
  const maintained = (scene: Scene, forMs: number) => ({
    maintenance: { reason: "swap", until: new Date(scene.clock.now() + forMs).toISOString() },
  });

  it("is told once, of the cluster and of a node, whoever leads by then", async () => {
    const scene = await new Scene().begin({ kind: "Cluster", name: "lab" });
    await scene.edit("Cluster/lab", maintained(scene, 20 * minute));
    await scene.edit("Node/hv1", maintained(scene, 30 * minute));
    await scene.advance(14 * minute);
    assert.deepEqual(told(scene), ["note maintenance-on", "note maintenance-on"]);
    await scene.advance(2 * minute);
    assert.deepEqual(told(scene).slice(2), ["warning maintenance-ending"]);
    scene.cluster.kill("reconciler/r1");
    scene.cluster.startReconciler("r2");
    await scene.advance(2 * minute);
    assert.deepEqual(told(scene).slice(3), [], "the next leader does not tell it again");
    await scene.advance(20 * minute);
    assert.deepEqual(told(scene).slice(3), [
      "note maintenance-off",
      "warning maintenance-ending",
      "note maintenance-off",
    ]);
    await scene.end();
  });

  it("is told again once it was prolonged, and not where it was asked for so short a time", async () => {
    const scene = await new Scene().begin({ kind: "Cluster", name: "lab" });
    await scene.edit("Cluster/lab", maintained(scene, 4 * minute));
    await scene.advance(minute);
    assert.deepEqual(told(scene), ["note maintenance-on"]);
    assert.equal(scene.report().maintenance.ending, true);
    for (const round of [1, 2]) {
      await scene.edit("Cluster/lab", maintained(scene, 6 * minute));
      await scene.advance(2 * minute);
      assert.equal(told(scene).length, 1 + round);
    }
    await scene.end();
  });
});
