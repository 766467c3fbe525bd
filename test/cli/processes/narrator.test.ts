import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LiveReport } from "../../../cli/live-report.ts";
import { Narrator } from "../../../cli/processes/narrator.ts";
import { noChanges, type PlanReport, type SourceReport } from "../../../reconciler/model/report.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { vm } from "../../support/plan/model-cluster.ts";

/** Looks at the scene as `keel up --headless` does; returns what it would print. */
function listener(scene: Scene) {
  const live = new LiveReport(scene.clock);
  const narrator = new Narrator();
  const heard: string[] = [];
  live.follow(scene.cluster.feed);
  const unsubscribe = live.subscribe(() => {
    const report = live.current();
    if (report === null) return;
    for (const { object, text } of narrator.look(report, live.isBusy, scene.clock.now()))
      heard.push(`${object} ${text}`);
  });
  const close = () => {
    unsubscribe();
    live.close();
  };
  return { heard, close };
}

describe("Narrator", () => {
  it("tells of nodes when they are there, of steps as they go, and of rest when it has come", async () => {
    const scene = new Scene(["hv1", "hv2"]);
    const { heard, close } = listener(scene);
    await scene.begin(vm("web1"), vm("old", { state: "stopped" }));
    await scene.advance(20_000);
    const starts = heard.filter((line) => line.startsWith("VM/web1 start web1 on hv"));
    assert.equal(starts.length, 2, heard.join("\n"));
    assert.ok(heard.includes("Node/hv1 is ready") && heard.includes("Node/hv2 is ready"));
    assert.ok(!heard.some((line) => line.includes("unseen")));
    assert.equal(heard.at(-1), "Cluster/default settled: 2 of 2 nodes alive, 1 VM running, 1 stopped");
    close();
    await scene.end();
  });

  it("begins with how things are, not with what once happened", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    await scene.advance(20_000);
    const { heard, close } = listener(scene);
    await scene.advance(1_000);
    assert.deepEqual(heard, [
      "Node/hv1 is ready",
      "Cluster/default settled: 1 of 1 nodes alive, 1 VM running",
    ]);
    close();
    await scene.end();
  });

  it("says why a node that was ready is not", async () => {
    const scene = await new Scene(["hv1", "hv2"]).begin();
    const { heard, close } = listener(scene);
    await scene.advance(5_000);
    scene.cluster.kill("agent/hv2");
    await scene.advance(15_000);
    assert.ok(
      heard.some((line) => /^Node\/hv2 is agent-down: the agent on hv2 is down/.test(line)),
      heard.join("\n"),
    );
    close();
    await scene.end();
  });

  it("tells of the folder when it cannot be used, and when its edits wait; each time once", async () => {
    const scene = await new Scene(["hv1"]).begin();
    const narrator = new Narrator();
    const look = (source: Partial<SourceReport>) => {
      const whole = {
        id: "r1",
        host: "hv1",
        directory: "/d",
        status: "ok",
        at: 0,
        digest: "d",
        pending: null,
        problems: [],
        ...source,
      } as const;
      const told = narrator.look({ ...scene.report(), source: whole }, false, 0);
      return told.filter(({ object }) => object === "cluster.d").map(({ text }) => text);
    };
    assert.deepEqual(look({}), []);
    assert.deepEqual(look({ pending }), ["1 change waits for `keel apply`"]);
    assert.deepEqual(look({ pending, at: 1 }), []);
    assert.deepEqual(look({ status: "reading" }), []);
    const stale = { status: "stale", pending, problems: ["it would undo VM/web1"] } as const;
    assert.deepEqual(look(stale), [
      "is stale: only `keel apply` by hand applies it",
      "it would undo VM/web1",
    ]);
    const broken = { status: "invalid", problems: ["a.yaml:1:1 wrong"] } as const;
    assert.deepEqual(look(broken), ["is invalid: what was applied stays in force", "a.yaml:1:1 wrong"]);
    await scene.end();
  });
});

/** One edit that waits. */
const pending: PlanReport = {
  formatVersion: 1,
  cluster: "lab",
  generation: 1,
  changes: [
    {
      object: "VM/web1",
      word: "update",
      impact: "live",
      target: "hv1",
      fields: [],
      steps: [],
      reason: { code: "wanted-running", text: "wanted running", advice: null },
      source: null,
    },
  ],
  blocked: [],
  drift: [],
  warnings: [],
  summary: { ...noChanges, update: 1 },
  hasChanges: true,
  undo: null,
};
