import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { eventsKept } from "../../../reconciler/control/event-log.ts";
import { SharedEventLog } from "../../../reconciler/control/shared-event-log.ts";
import type { EventReport } from "../../../reconciler/model/report.ts";
import { decode } from "../../../reconciler/store/codec.ts";
import type { Store } from "../../../reconciler/store/store.ts";
import { FollowedStore } from "../../support/followed-store.ts";

function event(text: string) {
  return { object: "VM/web1", level: "note", code: "api-change", text } as const;
}

/** A process that tells of itself as the others do. */
function process({ store, keys, feed, clock }: FollowedStore): SharedEventLog {
  return new SharedEventLog({ store, keys, feed, writer: "api-host", now: () => clock.now() });
}

async function told({ store, keys }: FollowedStore): Promise<readonly EventReport[]> {
  const { items } = await store.list(keys.event("api-host", ""));
  return items.map((item) => decode<EventReport>(item)).sort((a, b) => a.number - b.number);
}

describe("a log of events that several processes write", () => {
  it("loses nothing of what they tell at the same time, and keeps the order of each", async () => {
    await using followed = await FollowedStore.open();
    const [one, two] = [process(followed), process(followed)];
    const texts = Array.from({ length: 30 }, (_, index) => String(index));
    await Promise.all(
      texts.flatMap((text) => [one.put(event(`one ${text}`)), two.put(event(`two ${text}`))]),
    );
    const all = await told(followed);
    assert.equal(all.length, 60);
    assert.deepEqual(
      all.map(({ number }) => number),
      [...all.keys()],
    );
    for (const name of ["one", "two"]) {
      const own = all.filter(({ text }) => text.startsWith(name)).map(({ text }) => text.slice(4));
      assert.deepEqual(own, texts);
    }
  });

  it("goes on where a former process ended, and overwrites the oldest alone", async () => {
    await using followed = await FollowedStore.open();
    const former = process(followed);
    for (let each = 0; each < eventsKept; each++) await former.put(event(String(each)));
    await process(followed).put(event("new"));
    const all = await told(followed);
    assert.equal(all.length, eventsKept);
    assert.equal(all[0]?.text, "1");
    assert.equal(all.at(-1)?.text, "new");
  });

  it("tells who asked that it could not, and goes on with the next", async () => {
    await using followed = await FollowedStore.open();
    let fails = true;
    const store: Pick<Store, "get" | "transact"> = {
      get: (key) => (fails ? Promise.reject(new Error("away")) : followed.store.get(key)),
      transact: (transaction) => followed.store.transact(transaction),
    };
    const { keys, feed } = followed;
    const log = new SharedEventLog({ store, keys, feed, writer: "api-host", now: () => 0 });
    await assert.rejects(log.put(event("lost")), /away/);
    fails = false;
    await log.put(event("kept"));
    assert.deepEqual(
      (await told(followed)).map(({ text }) => text),
      ["kept"],
    );
  });
});
