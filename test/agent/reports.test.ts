import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { ProgressKey } from "../../agent/progress-key.ts";
import { Reports } from "../../agent/reports.ts";
import type { Progress } from "../../reconciler/model/step.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { decode } from "../../reconciler/store/codec.ts";
import { StoreCore } from "../../reconciler/store/core/store-core.ts";
import { MemoryStore } from "../../reconciler/store/memory/memory-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { Wire } from "./support/wire.ts";

describe("Reports", () => {
  const stop = new AbortController();
  let clock: FakeClock;
  let core: StoreCore;
  let store: MemoryStore;
  let wire: Wire;
  let reports: Reports;

  beforeEach(async () => {
    clock = new FakeClock();
    core = new StoreCore({ clock });
    wire = new Wire();
    store = new MemoryStore({ core, clock });
    const put = (key: string) => ({ put: key, value: "{}" });
    const { revision } = await store.transact({ compare: [], then: [put("step"), put("agent")] });
    const key = new ProgressKey(
      {
        store: new MemoryStore({ core, clock, link: wire }),
        key: "progress",
        stepKey: "step",
        stepCreated: revision,
        presence: () => ({ key: "agent", modRevision: revision }),
      },
      0,
    );
    reports = new Reports({ key, clock, log: silentLog, everyMs: 2_000 }, stop.signal);
  });
  afterEach(() => store.close());

  const tell = (percent: number) =>
    reports.tell({ phase: "running", at: clock.now(), since: 0, claimedUptimeMs: 0, percent, detail: null });
  const done = (): Progress => ({ phase: "done", at: clock.now(), detail: null });
  const told = async () => {
    const item = await store.get("progress");
    const progress = item === null ? null : decode<Progress>(item);
    return progress?.phase === "running" ? progress.percent : (progress?.phase ?? null);
  };

  it("tell the first at once, and later ones two seconds apart, the latest only", async () => {
    tell(1);
    await clock.advance(0);
    assert.equal(await told(), 1);
    tell(2);
    await clock.advance(1_000);
    tell(3);
    await clock.advance(999);
    assert.equal(await told(), 1);
    await clock.advance(1);
    assert.equal(await told(), 3);
    const { revision } = core;
    await clock.advance(60_000);
    assert.equal(core.revision, revision);
  });

  it("tell the end at once, and nothing after it", async () => {
    tell(1);
    await clock.advance(0);
    tell(2);
    await reports.end(done(), stop.signal);
    tell(3);
    await clock.advance(60_000);
    assert.equal(await told(), "done");
  });

  it("are not covered by a live one that was just told", async () => {
    await clock.advance(0);
    tell(1);
    await reports.end(done(), stop.signal);
    await clock.advance(60_000);
    assert.equal(await told(), "done");
  });

  it("leave out live ones during an outage, and bring the end through it", async () => {
    wire.state = "cut";
    tell(1);
    await clock.advance(1_000);
    const ended = reports.end(done(), stop.signal);
    await clock.advance(120_000);
    assert.equal(await told(), null);
    wire.state = "up";
    await clock.advance(5_000);
    await ended;
    assert.equal(await told(), "done");
  });
});
