import assert from "node:assert/strict";
import { it } from "node:test";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { startEmbedded } from "../../../support/etcd-embedded.ts";
import { cutOffAndBack } from "../../../support/watch-cut-off.ts";

it("a watcher cut off for 5,000 changes and a compaction lists anew, and then knows what the store knows", async (test) => {
  const server = await startEmbedded();
  test.after(() => server.close());
  const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
  test.after(() => store.close());
  const { relists, isEqual } = await cutOffAndBack({
    target: server.endpoint,
    store,
    prefix: "/cut-off/",
    changes: 5_000,
    compact: (revision) => store.compact(revision),
  });
  assert.ok(relists > 0);
  assert.ok(isEqual);
});
