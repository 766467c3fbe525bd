import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Quota } from "../../../../reconciler/store/embedded/quota.ts";

/** A put that takes so many bytes, with the 64 that each key takes beside itself. */
const put = (bytes: number) => ({ key: Buffer.from("k"), value: Buffer.alloc(bytes - 65) });
const full = /etcdserver: mvcc: database space exceeded/;

describe("the quota of the embedded store", () => {
  it("allows what fits, to the last byte", () => {
    const quota = new Quota({ bytes: 900 }, 1_000);
    quota.checkPuts([put(100)]);
    assert.equal(quota.isRaised, false);
    assert.throws(() => quota.checkPuts([put(101)]), full);
  });

  it("counts the larger one of a transaction's branches", () => {
    const quota = new Quota({ bytes: 0 }, 1_000);
    quota.checkPuts([put(600)], [put(600)]);
    assert.throws(() => quota.checkPuts([], [put(600), put(600)]), full);
  });

  it("refuses all that makes the store larger once the alarm is raised, until that is taken away", () => {
    const core = { bytes: 900 };
    const quota = new Quota(core, 1_000);
    assert.throws(() => quota.checkPuts([put(200)]), full);
    core.bytes = 0;
    assert.throws(() => quota.checkPuts([put(100)]), full);
    assert.throws(() => quota.checkAlarm(), full);
    quota.disarm();
    quota.checkPuts([put(100)]);
    quota.checkAlarm();
  });

  it("always allows transactions without puts", () => {
    const quota = new Quota({ bytes: 2_000 }, 1_000);
    quota.checkPuts([]);
    quota.raise();
    quota.checkPuts([], []);
    assert.equal(quota.isRaised, true);
  });
});
