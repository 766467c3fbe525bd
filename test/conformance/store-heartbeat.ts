import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { runHeartbeat } from "../../agent/heartbeat.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { encode } from "../../reconciler/store/codec.ts";
import { clusterKeys } from "../../reconciler/store/keys.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { grantedLeases } from "../support/granted-leases.ts";
import type { Subject } from "./store-subject.ts";
import { watchUntil } from "./store-watches.ts";

/** The heartbeat's own clock is told to advance; the store, and the leases in it, go by theirs. */
export function describeHeartbeat({ store, environment }: Subject): void {
  const keys = clusterKeys("lab");
  const key = keys.alive("hv1");
  const leaseOfCluster = (ms: number) =>
    store().transact({ compare: [], then: [{ put: keys.lease, value: encode({ ms }) }] });

  describe("a heartbeat", () => {
    it("moves its key to the lease that the cluster says by now, and the key is there all the time", async () => {
      const clock = new FakeClock();
      const own = environment().connect();
      const granted = grantedLeases(own);
      const ended = new AbortController();
      const ids = { node: "hv1", cluster: "lab", machineId: "m1", bootId: "b1", address: null };
      const { revision } = await leaseOfCluster(5_000);
      const running = runHeartbeat(
        { ...ids, store: own, clock, revokeOnStop: true, log: silentLog },
        ended.signal,
      );
      const movedFrom = async (before: string | null): Promise<string> => {
        for (;;) {
          await clock.advance(1_000);
          const lease = (await store().get(key))?.lease ?? before;
          if (lease !== null && lease !== before) return lease;
        }
      };
      const leases = [await movedFrom(null)];
      for (const ms of [30_000, 3_000]) {
        await leaseOfCluster(ms);
        leases.push(await movedFrom(leases.at(-1) ?? null));
      }
      ended.abort(new Error("stopped"));
      await running;
      const isGone = watchUntil(store(), key, revision, (seen) => seen.at(-1)?.type === "delete");
      const { changes } = await environment().elapse(isGone);
      assert.deepEqual(
        changes.map((change) => (change.type === "put" ? change.item.lease : "gone")),
        [...leases, "gone"],
      );
      assert.deepEqual(granted, [5_000, 30_000, 3_000]);
    });
  });
}
