import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { announcements, spoken } from "../../tui/announce.ts";
import type { Snapshot } from "../../tui/snapshot.ts";
import { span } from "../../tui/view/line.ts";
import { busyCluster } from "./busy-cluster.ts";
import { clusterReport, vmReport } from "./fixture.ts";
import { Stage } from "./stage.ts";

/** A listener: what is said since it listened last. */
function listenTo(report: ClusterReport) {
  const stage = new Stage({ report, spoken: true, readOnly: false, size: { columns: 240, rows: 60 } });
  let said: Snapshot | null = null;
  const hear = (): readonly string[] => {
    const now = stage.session.snapshot();
    const lines = announcements(said, now);
    said = now;
    return lines;
  };
  return { stage, hear };
}

describe("announcements", () => {
  it("say first where one is, in words, without a sign or a bar", () => {
    const { hear } = listenTo(busyCluster);
    const lines = hear();
    assert.ok(lines.some((line) => line.includes("MAINTENANCE")));
    assert.ok(lines.includes("NODES 4: 1 agent-down, 1 flushing, 2 ready"));
    assert.ok(
      lines.some((line) => /^1 of 4: hv1, ready, 31\/64 GiB, 9\/16, /.test(line)),
      lines.join("\n"),
    );
    assert.doesNotMatch(lines.join("\n"), /[^\x20-\x7e\n]|[#━┈─]/u);
  });

  it("say of a key what it changed, and nothing else", () => {
    const { stage, hear } = listenTo(busyCluster);
    stage.press("3");
    hear();
    stage.press("j");
    assert.deepEqual(
      hear().map((line) => line.split(",")[0]),
      ["2 of 12: cache1"],
    );
    stage.press(" ", "k");
    assert.ok(hear().some((line) => line.startsWith("2 of 12: marked, cache1")));
    stage.press("?");
    assert.ok(hear().includes("HELP"));
    assert.deepEqual(hear(), []);
  });

  it("put one comma where a sign that is not said stands between two things", () => {
    const line = [
      span(" not N+1"),
      span(" , ", "muted"),
      span(" cluster.d is what was applied"),
      span("  now"),
    ];
    assert.equal(spoken(line), "not N+1, cluster.d is what was applied, now");
  });

  it("say nothing of letters that are typed, and the question that comes of them", () => {
    const { stage, hear } = listenTo(busyCluster);
    hear();
    stage.press(":");
    hear();
    stage.type("flush hv1");
    assert.deepEqual(hear(), []);
    stage.press("enter");
    assert.match(hear().join("\n"), /^Run `keel node flush hv1`\? .*\[y\/N\]$/);
  });

  it("say which states are others, five at most", async () => {
    const names = ["a", "b", "c", "d", "e", "f", "g"];
    const { stage, hear } = listenTo(clusterReport({ vms: names.map((name) => vmReport(name)) }));
    stage.press("2");
    hear();
    stage.feed.tell(clusterReport({ vms: names.map((name) => vmReport(name, { state: "unknown" })) }));
    await stage.clock.advance(200);
    const lines = hear();
    assert.equal(lines[0], "VM a: unknown, was running");
    assert.equal(lines[5], "and 2 more");
  });

  it("say nothing where only figures run on", async () => {
    const { stage, hear } = listenTo(busyCluster);
    hear();
    const nodes = busyCluster.nodes.map((node) => ({ ...node, load: (node.load ?? 0) + 1 }));
    stage.feed.tell({ ...busyCluster, nodes });
    await stage.clock.advance(200);
    assert.deepEqual(hear(), []);
  });
});
