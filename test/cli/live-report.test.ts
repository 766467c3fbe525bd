import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LiveReport, timeOfDay } from "../../cli/live-report.ts";
import { Scene } from "../support/cluster/scene.ts";
import { vm } from "../support/plan/model-cluster.ts";

describe("LiveReport", () => {
  it("is the same object until something changes", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    const live = new LiveReport(scene.clock);
    assert.equal(live.current(), null);
    live.follow(scene.cluster.feed);
    await scene.advance(20_000);
    const report = live.current();
    assert.equal(report?.vms[0]?.state, "running");
    assert.equal(live.current(), report);
    await scene.edit("VM/web1", { state: "stopped" });
    await scene.advance(100);
    assert.notEqual(live.current(), report);
    live.close();
    await scene.end();
  });

  it("tells of changes at most ten times a second, and always of the last", async () => {
    const scene = await new Scene(["hv1"]).begin();
    const live = new LiveReport(scene.clock);
    live.follow(scene.cluster.feed);
    const toldAt: number[] = [];
    const generations: (number | undefined)[] = [];
    live.subscribe(() => {
      toldAt.push(scene.clock.monotonic());
      generations.push(live.current()?.generation);
    });
    await scene.advance(0);
    for (let n = 0; n < 50; n++) {
      scene.put(vm("web1", { tags: [`t${n}`] }));
      await scene.apply();
      await scene.advance(10);
    }
    await scene.advance(200);
    const gaps = toldAt.slice(1).map((at, index) => at - (toldAt[index] ?? 0));
    assert.ok(gaps.length > 0 && gaps.every((gap) => gap >= 100), gaps.join(" "));
    assert.equal(generations.at(-1), 51);
    live.close();
    await scene.end();
  });

  it("finds out beside that whether any one node could be lost", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    const live = new LiveReport(scene.clock);
    live.follow(scene.cluster.feed);
    live.subscribe(() => void live.current());
    await scene.advance(20_000);
    assert.deepEqual(
      live.current()?.spare?.losses.map(({ nodes }) => nodes),
      [["hv1"]],
    );
    await scene.edit("VM/web1", { state: "stopped" });
    await scene.advance(20_000);
    assert.equal(live.current()?.spare?.ok, true);
    live.close();
    await scene.end();
  });

  it("says why there is nothing to see yet", () => {
    const scene = new Scene([]);
    const live = new LiveReport(scene.clock);
    live.explain("the folder cannot be used yet");
    assert.equal(live.problem(), "the folder cannot be used yet");
    live.explain(null);
    assert.equal(live.problem(), null);
  });

  it("leaves no timer and no subscription behind", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    await scene.advance(20_000);
    const before = scene.clock.pending;
    const live = new LiveReport(scene.clock);
    live.follow(scene.cluster.feed);
    live.close();
    assert.equal(scene.clock.pending, before);
    await scene.end();
  });
});

describe("timeOfDay", () => {
  it("has two digits everywhere", () => {
    assert.match(timeOfDay(0), /^\d\d:00:00$/);
  });
});
