import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { StoreStatusReport } from "../../../../cli/output/store-status-text.ts";
import { encode } from "../../../../reconciler/store/codec.ts";
import type { StoreMaintenance, StoreStatus } from "../../../../reconciler/store/maintenance.ts";
import { Bench } from "../../bench.ts";
import { writeSmallCluster } from "../../documents.ts";

const healthy: StoreStatus = {
  storeId: "14841639068965178418",
  revision: 1_234,
  version: "3.4.23",
  bytes: 20 * 1024 ** 2,
  bytesInUse: 12 * 1024 ** 2,
  quotaBytes: null,
  alarms: [],
  members: [
    {
      id: "1",
      name: "m1",
      endpoint: "https://10.0.0.1:2379",
      hosts: ["10.0.0.1"],
      leader: true,
      learner: false,
      problem: null,
    },
    {
      id: "2",
      name: "m2",
      endpoint: "https://10.0.0.2:2379",
      hosts: ["10.0.0.2"],
      leader: false,
      learner: false,
      problem: "does not answer",
    },
  ],
};

function answering(status: StoreStatus): StoreMaintenance {
  const notAsked = () => Promise.reject(new Error("not asked for"));
  return { status: () => Promise.resolve(status), compact: notAsked, defragment: notAsked, disarm: notAsked };
}

async function smallCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

describe("keel store status", () => {
  it("shows size, members and history, and ends with 0 where no alarm is on", async () => {
    await using bench = await smallCluster();
    const { out, exit } = await bench.keel("store status", { maintenance: answering(healthy) });
    assert.equal(exit, 0);
    assert.match(out, /^store +14841639068965178418, version 3\.4\.23, revision 1234$/m);
    assert.match(out, /^cluster +lab: \d+ keys, [\d.]+ KiB, format 1$/m);
    assert.match(out, /^size .* 20 MiB of 2 GiB, etcd's default; 12 MiB in use$/m);
    assert.match(out, /^applied +generations 1 to 1 are kept$/m);
    assert.match(out, /^past +nothing was forgotten yet$/m);
    assert.match(out, /^frozen +no$/m);
    assert.match(out, /^alarms +none$/m);
    assert.match(out, /^m1 +https:\/\/10\.0\.0\.1:2379 +yes +-$/m);
    assert.match(out, /^m2 +https:\/\/10\.0\.0\.2:2379 +- +! does not answer$/m);
  });

  it("ends with 1 where the store takes no writes, or is half full", async () => {
    await using bench = await smallCluster();
    const full: StoreStatus = { ...healthy, alarms: [{ member: "m2", kind: "no-space" }] };
    const first = await bench.keel("store status", { maintenance: answering(full) });
    assert.match(first.out, /^alarm +! m2: it takes no writes: its quota is used up$/m);
    assert.equal(first.exit, 1);
    const half: StoreStatus = { ...healthy, quotaBytes: 40 * 1024 ** 2 };
    const second = await bench.keel("store status", { maintenance: answering(half) });
    assert.match(second.out, /! half of the quota is taken/);
    assert.equal(second.exit, 1);
  });

  it("says that the store is frozen, why, and what ends it", async () => {
    await using bench = await smallCluster();
    const { keys } = bench.cluster;
    const seen = { storeId: "1", counter: 0, revision: 9, epoch: 1 };
    const frozen = { by: "agent of hv1", at: 0, why: "it is at revision 3, and 9 was seen", seen };
    const value = encode({ counter: 2, accepted: null, frozen });
    await bench.cluster.client().transact({ compare: [], then: [{ put: keys.store, value }] });
    const { out } = await bench.keel("store status", { maintenance: answering(healthy) });
    assert.match(out, /^frozen +! since 1970.* by agent of hv1: it is at revision 3.*accept-restore/m);
    assert.match(out, /2 restores accepted/);
  });

  it("tells a program the same", async () => {
    await using bench = await smallCluster();
    const { keys } = bench.cluster;
    const value = encode({ compacted: { revision: 77, at: 0 }, fullSince: null });
    await bench.cluster.client().transact({ compare: [], then: [{ put: keys.housekeeping, value }] });
    const { out } = await bench.keel("store status -o json", { maintenance: answering(healthy) });
    const report = JSON.parse(out) as StoreStatusReport;
    assert.equal(report.bytes, healthy.bytes);
    assert.deepEqual(report.history, { oldest: 1, newest: 1 });
    assert.deepEqual(report.compacted, { revision: 77, at: "1970-01-01T00:00:00Z" });
    assert.equal(report.frozen, null);
    assert.equal(report.members.length, 2);
  });
});
