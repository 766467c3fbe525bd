import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { FenceDevice } from "../../../../reconciler/control/fence/fence-device.ts";
import type { ImageStore } from "../../../../reconciler/control/fence/image-store.ts";
import { lasts, permitted, whyNotCut } from "../../../../reconciler/control/fence/permitted.ts";
import { runRound } from "../../../../reconciler/control/fence/round.ts";
import { type KeyValue, StoreError } from "../../../../reconciler/store/store.ts";
import { Scene } from "../../../support/cluster/scene.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { node, vm } from "../../../support/plan/model-cluster.ts";

const never = new AbortController().signal;
const leaderKey = "leader";
const leader: KeyValue = { key: leaderKey, value: "{}", createRevision: 7, modRevision: 7, lease: "1" };

describe("the permission to switch a node off", () => {
  let clock: FakeClock;
  let asked: string[];
  let device: FenceDevice;
  beforeEach(() => {
    clock = new FakeClock();
    asked = [];
    device = {
      name: "bmc",
      read: () => Promise.resolve({ power: "on" }),
      command: (power) => Promise.resolve(void asked.push(power)).then(() => null),
      uuid: () => Promise.resolve(null),
    };
  });

  type Answer = () => Promise<KeyValue | null>;
  const says =
    (held: KeyValue | null): Answer =>
    () =>
      Promise.resolve(held);
  const late =
    (held: KeyValue | null): Answer =>
    () =>
      clock.sleep(1_001, never).then(() => held);
  const fails: Answer = () => Promise.reject(new StoreError("unreachable", "no quorum"));

  /** In a round of term 7, where the store gives these answers, one after the other. */
  const switchedOff = async (
    answers: readonly Answer[],
    signal = never,
    keepsQuorum: boolean | null = true,
  ): Promise<boolean> => {
    const left = [...answers];
    const get = () => left.shift()?.() ?? Promise.reject(new Error("it was not to be asked again"));
    const may = (ending: AbortSignal) => lasts({ store: { get }, clock, leaderKey, term: 7 }, ending);
    const ended = runRound(
      [device],
      clock,
      signal,
      whyNotCut("hv1", may, () => keepsQuorum),
    ).catch(() => undefined);
    await clock.advance(60_000);
    await ended;
    return asked.length > 0;
  };

  it("is given while the leader of the round leads", async () => {
    assert.equal(await switchedOff([says(leader)]), true);
  });

  it("is not given once another one leads, or nobody", async () => {
    assert.equal(await switchedOff([says({ ...leader, createRevision: 9 })]), false);
    assert.equal(await switchedOff([says(null)]), false);
  });

  it("is not given where the store could not spare the node by now, or nobody knows", async () => {
    assert.equal(await switchedOff([says(leader)], never, false), false);
    assert.equal(await switchedOff([says(leader)], never, null), false);
  });

  it("is asked for anew where the answer was a long time coming", async () => {
    assert.equal(await switchedOff([late(leader), says(null)]), false);
    assert.equal(await switchedOff([late(leader), says(leader)]), true);
  });

  it("waits for a store that does not answer, as long as the term may last", async () => {
    assert.equal(await switchedOff([fails, fails, says(leader)]), true);
    asked = [];
    const term = new AbortController();
    const ends = () => Promise.reject((term.abort(), new StoreError("unreachable", "no quorum")));
    assert.equal(await switchedOff([fails, ends], term.signal), false);
  });
});

describe("the permission to shut a node out of its images", () => {
  it("is asked for before each time, and for nothing else", async () => {
    const asked: string[] = [];
    const note = (what: string) => () => Promise.resolve(void asked.push(what));
    const clientsOf = () => Promise.resolve([]);
    const store: ImageStore = {
      clientsOf,
      shutOut: note("shut out"),
      known: note("known"),
      removeLock: note("remove"),
    };
    const refused = permitted(store, () => Promise.resolve(false));
    await assert.rejects(refused.shutOut("10.0.0.11:0/7", never), /does not lead/);
    await refused.known(never);
    assert.deepEqual([asked, await refused.clientsOf("vms/web", never)], [["known"], []]);
    await permitted(store, () => Promise.resolve(true)).shutOut("10.0.0.11:0/7", never);
    assert.deepEqual(asked, ["known", "shut out"]);
  });
});

describe("a leader whose term ends in the middle of a round, without its knowing", () => {
  const untilCutting = async (): Promise<Scene> => {
    const scene = new Scene();
    for (const name of ["hv1", "hv2", "hv3"]) scene.put(node(name, { bmc: { agent: "simulated" } }));
    await scene.begin(vm("web", { node: "hv1" }));
    await scene.advance(10_000);
    scene.cluster.setBmc("hv1", "slow");
    scene.cluster.kill("heartbeat/hv1");
    const { fences } = scene.cluster.feed.state;
    for (let waited = 0; fences.get("hv1")?.phase !== "cutting"; waited += 1_000) {
      assert.ok(waited < 60_000, "hv1 is never cut");
      await scene.advance(1_000);
    }
    return scene;
  };

  it("switches nothing off", async () => {
    const scene = await untilCutting();
    const { keys } = scene.cluster;
    await scene.cluster.client().transact({ compare: [], then: [{ delete: keys.leader }] });
    await scene.advance(60_000);
    assert.equal(scene.cluster.machine("hv1").powered, true);
    assert.deepEqual(scene.story("web"), ["start hv1"]);
    await scene.end();
  });

  it("would have switched it off", async () => {
    const scene = await untilCutting();
    await scene.advance(60_000);
    assert.deepEqual(scene.story("web").slice(0, 2), ["start hv1", "stop hv1"]);
    await scene.end();
  });
});
