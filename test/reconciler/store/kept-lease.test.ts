import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { KeptLease } from "../../../reconciler/store/kept-lease.ts";
import { StoreError } from "../../../reconciler/store/store.ts";
import { FakeClock } from "../../support/fake-clock.ts";

interface Renewal {
  readonly sentAt: number;
  readonly answer: (renewed: boolean) => void;
  readonly fail: () => void;
}

/** A lease of 9 s, granted by a request that was sent 1 s ago. */
function keep() {
  const clock = new FakeClock();
  const renewals: Renewal[] = [];
  let ended = 0;
  let revoked = 0;
  const lease = new KeptLease({
    id: "7",
    ttlMs: 9_000,
    clock,
    grantedAt: clock.monotonic() - 1_000,
    renew: () =>
      new Promise((resolve, reject) => {
        const fail = (): void => reject(new StoreError("unreachable", "no answer"));
        renewals.push({ sentAt: clock.monotonic(), answer: resolve, fail });
      }),
    revoke: async () => {
      revoked += 1;
    },
    onEnd: () => {
      ended += 1;
    },
  });
  return { clock, lease, renewals, counts: () => ({ ended, revoked }) };
}

describe("a kept lease", () => {
  it("is renewed each third of its time, counted from when the last renewal was sent", async () => {
    const { clock, lease, renewals } = keep();
    await clock.advance(2_000);
    assert.deepEqual(
      renewals.map(({ sentAt }) => sentAt),
      [2_000],
    );
    await clock.advance(1_000);
    renewals[0]?.answer(true);
    await clock.advance(2_000);
    assert.deepEqual(
      renewals.map(({ sentAt }) => sentAt),
      [2_000, 5_000],
    );
    assert.equal(lease.lost.aborted, false);
  });

  it("is lost one time to live after the grant was sent, where no renewal is answered", async () => {
    const { clock, lease, counts } = keep();
    await clock.advance(7_999);
    assert.equal(lease.lost.aborted, false);
    await clock.advance(1);
    assert.equal(lease.lost.aborted, true);
    assert.deepEqual(counts(), { ended: 1, revoked: 0 });
    assert.equal(clock.pending, 0);
  });

  it("counts from when a renewal was sent, not from when it was answered", async () => {
    const { clock, lease, renewals } = keep();
    await clock.advance(7_000);
    renewals[0]?.answer(true);
    await clock.advance(3_999);
    assert.equal(lease.lost.aborted, false);
    await clock.advance(1);
    assert.equal(lease.lost.aborted, true);
  });

  it("has one renewal on its way at a time, and tries soon again after one that failed", async () => {
    const { clock, renewals } = keep();
    await clock.advance(4_000);
    assert.equal(renewals.length, 1);
    renewals[0]?.fail();
    await clock.advance(750);
    assert.deepEqual(
      renewals.map(({ sentAt }) => sentAt),
      [2_000, 4_750],
    );
  });

  it("is lost as soon as the store says that it is gone", async () => {
    const { clock, lease, renewals, counts } = keep();
    await clock.advance(2_000);
    renewals[0]?.answer(false);
    await clock.advance(0);
    assert.equal(lease.lost.aborted, true);
    assert.deepEqual(counts(), { ended: 1, revoked: 0 });
    assert.equal(clock.pending, 0);
  });

  it("is seen as lost by whoever looks, though no timer had its turn", () => {
    const { clock, lease } = keep();
    assert.equal(lease.lost.aborted, false);
    clock.stall(60_000);
    assert.equal(lease.lost.aborted, true);
  });

  it("stays lost when an answer comes late", async () => {
    const { clock, lease, renewals } = keep();
    await clock.advance(8_000);
    renewals[0]?.answer(true);
    await clock.advance(10_000);
    assert.equal(lease.lost.aborted, true);
    assert.equal(renewals.length, 1);
  });

  it("is lost for its holder at once when it is given up, and the store is told, each time", async () => {
    const { clock, lease, counts } = keep();
    const revoked = lease.revoke();
    assert.equal(lease.lost.aborted, true);
    await revoked;
    await lease.revoke();
    assert.deepEqual(counts(), { ended: 1, revoked: 2 });
    assert.equal(clock.pending, 0);
  });
});
