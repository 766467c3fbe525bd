import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { keepsQuorum, StoreMembers } from "../../../../reconciler/control/fence/store-members.ts";
import type { StoreMember, StoreStatus } from "../../../../reconciler/store/maintenance.ts";
import { StoreError } from "../../../../reconciler/store/store.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

function member(name: string, hosts: readonly string[], problem: string | null = null): StoreMember {
  return { id: name, name, endpoint: "", hosts, leader: false, learner: false, problem };
}

const three = [member("a", ["10.0.0.1"]), member("b", ["10.0.0.2"]), member("c", ["10.0.0.3"])];
const [a, b, c] = three;
const silent = "does not answer";

describe("the store's quorum", () => {
  it("goes on without the node of one member in three", () => {
    assert.equal(keepsQuorum(three, ["hv1", "10.0.0.1"]), true);
  });

  it("ends without it where another member is gone already", () => {
    assert.ok(a !== undefined && b !== undefined && c !== undefined);
    const members = [a, { ...b, problem: silent }, c];
    assert.equal(keepsQuorum(members, ["10.0.0.1"]), false);
    assert.equal(keepsQuorum(members, ["10.0.0.2"]), true, "that one is gone whatever is done to its node");
    assert.equal(keepsQuorum(members, ["10.0.0.9"]), true, "none of them runs there");
  });

  it("ends with the node of the only member, and of two", () => {
    assert.equal(keepsQuorum([member("a", ["10.0.0.1"])], ["10.0.0.1"]), false);
    assert.equal(keepsQuorum(three.slice(0, 2), ["10.0.0.1"]), false);
  });

  it("counts no member that only learns: not as one of them, nor as one that answers", () => {
    const growing = [...three, { ...member("d", ["10.0.0.4"]), learner: true }];
    assert.equal(keepsQuorum(growing, ["10.0.0.1"]), true);
    assert.equal(keepsQuorum([...growing.slice(2), ...three.slice(0, 1)], ["10.0.0.1"]), false);
  });

  it("knows an address however it is written", () => {
    const only = [member("a", ["[FD00::1]"])];
    assert.equal(keepsQuorum(only, ["fd00::1"]), false);
  });
});

function setUp(answer: () => Promise<readonly StoreMember[]>) {
  const clock = new FakeClock();
  const its = { isWanted: true, changes: 0, asked: 0 };
  const status = async (): Promise<StoreStatus> => {
    its.asked += 1;
    const common = { storeId: "1", revision: 1, version: "", bytes: 0, bytesInUse: 0, quotaBytes: null };
    return { ...common, alarms: [], members: await answer() };
  };
  const members = new StoreMembers({
    clock,
    maintenance: { status },
    resolve: (host) => Promise.resolve(host === "etcd-1.lab" ? ["10.0.0.1"] : []),
    isWanted: () => its.isWanted,
    onChange: () => (its.changes += 1),
  });
  const end = new AbortController();
  const running = members.run(end.signal);
  const stop = async () => {
    end.abort(new Error("over"));
    await running;
  };
  return { clock, its, members, stop };
}

describe("the members of a store", () => {
  it("are not known before they were asked, and not without need", async () => {
    const { clock, its, members, stop } = setUp(() => Promise.resolve(three));
    its.isWanted = false;
    await clock.advance(10_000);
    assert.deepEqual([members.keepsQuorumWithout(["10.0.0.1"]), its.asked], [null, 1]);
    its.isWanted = true;
    await clock.advance(1_000);
    assert.deepEqual([members.keepsQuorumWithout(["10.0.0.1"]), its.changes], [true, 2]);
    await stop();
  });

  it("are found by the names that they go by", async () => {
    const { clock, members, stop } = setUp(() => Promise.resolve([member("a", ["etcd-1.lab"])]));
    await clock.advance(0);
    assert.equal(members.keepsQuorumWithout(["10.0.0.1"]), false);
    await stop();
  });

  it("are not known any more where they do not tell", async () => {
    let tells = true;
    const { clock, members, stop } = setUp(() =>
      tells ? Promise.resolve(three) : Promise.reject(new StoreError("unreachable", "")),
    );
    await clock.advance(0);
    assert.equal(members.keepsQuorumWithout(["10.0.0.1"]), true);
    tells = false;
    await clock.advance(6_000);
    assert.equal(members.keepsQuorumWithout(["10.0.0.1"]), null);
    await stop();
  });

  it("matter to nobody where the store is not of this cluster", () => {
    const options = { clock: new FakeClock(), maintenance: undefined, resolve: () => Promise.resolve([]) };
    const members = new StoreMembers({ ...options, isWanted: () => true, onChange: () => undefined });
    assert.equal(members.keepsQuorumWithout(["10.0.0.1"]), true);
  });
});
