import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { cellsOf } from "../../../tui/view/text.ts";
import { busyCluster } from "../busy-cluster.ts";
import { clusterReport, eventReport, now, sourceReport, vmReport } from "../fixture.ts";
import { assertGolden } from "../golden.ts";
import { settled, Stage } from "../stage.ts";

const large = { columns: 120, rows: 40 };

describe("the frame", () => {
  it("shows the overview on one screen", () => {
    assertGolden("overview-80x24", new Stage({ report: busyCluster }).frame());
    assertGolden("overview-120x40", new Stage({ report: busyCluster, size: large }).frame());
  });

  it("shows a calm cluster calmly", () => {
    assertGolden("overview-calm", new Stage({ report: clusterReport() }).frame());
  });

  it("does with ASCII where the terminal has no more", () => {
    const frame = new Stage({ report: busyCluster, unicode: false }).frame();
    assertGolden("overview-ascii", frame);
    assert.match(frame, /^[\n -~]*$/);
  });

  it("shows each screen", () => {
    for (const [key, name] of [
      ["2", "nodes"],
      ["3", "vms"],
      ["4", "drift"],
      ["5", "plan"],
      ["6", "events"],
      ["?", "help"],
    ] as const) {
      assertGolden(name, new Stage({ report: busyCluster }).press(key).frame());
    }
  });

  it("shows a VM with the answer to what was asked about it", async () => {
    const stage = new Stage({ report: busyCluster }).press("3", "j", "j", "j", "w");
    await settled();
    assertGolden("detail-vm", stage.frame());
  });

  it("shows a node with what it carries", async () => {
    const stage = new Stage({ report: busyCluster }).press("2", "d");
    await settled();
    assertGolden("detail-node", stage.frame());
  });

  it("shows the problems of an invalid folder as they were rendered", () => {
    const problems = [
      'vms.yaml:8:3 unknown key "memroy"\n  8 |   memroy: 2GiB\n    |   ^^^^^^ did you mean memory?',
    ];
    const source = sourceReport(null, { status: "invalid", problems });
    assertGolden("drift-invalid", new Stage({ report: clusterReport({ source }) }).press("4").frame());
  });

  it("asks before it applies, under the plan itself", () => {
    assertGolden("apply-question", new Stage({ report: busyCluster, readOnly: false }).press("a").frame());
  });

  it("completes commands while they are typed", () => {
    assertGolden("command-completion", new Stage({ report: busyCluster }).type(":why vm/w").frame());
  });

  it("says before the first read that it knows nothing", () => {
    assertGolden("connecting", new Stage().frame());
  });

  it("marks everything as stale ten seconds after the feed fell silent", async () => {
    const stage = new Stage({ report: busyCluster });
    stage.feed.tell(busyCluster, "the store at 10.0.0.1:2379 does not answer");
    assert.match(stage.frame(), /! NOT ANSWERING/);
    await stage.clock.advance(11_000);
    assertGolden("stale", stage.frame());
    stage.feed.tell(busyCluster);
    await stage.clock.advance(1000);
    assert.match(stage.frame(), /✓ live/);
  });

  it("is exactly as large as the terminal, down to a single cell", () => {
    for (const [columns, rows] of [
      [200, 60],
      [60, 15],
      [40, 8],
      [20, 4],
      [9, 2],
      [1, 1],
    ] as const) {
      for (const screen of ["1", "2", "3", "4", "5", "6", "?"]) {
        const stage = new Stage({ report: busyCluster, size: { columns, rows } }).press(screen);
        const lines = stage.frame().split("\n");
        assert.equal(lines.length, rows, `${screen} at ${columns}x${rows}`);
        for (const line of lines)
          assert.ok(cellsOf(line) <= columns, `${screen} at ${columns}x${rows}: ${line}`);
      }
    }
  });

  it("degrades to the columns that matter", () => {
    assertGolden(
      "overview-50x12",
      new Stage({ report: busyCluster, size: { columns: 50, rows: 12 } }).frame(),
    );
  });

  it("keeps wide characters in their columns", () => {
    const report = clusterReport({
      vms: [
        vmReport("web1", {
          state: "failed",
          reason: { code: "step-failed", text: "電源が入りません 💥 ok", advice: null },
        }),
      ],
      events: [
        eventReport("VM/web1", {
          text: "起動に失敗しました: ディスクが見つかりません、もう一度お試しください、以上",
        }),
      ],
    });
    assertGolden(
      "wide-characters",
      `${new Stage({ report }).frame()}\n${new Stage({ report }).press("6").frame()}`,
    );
  });

  it("lets no text steer the terminal", () => {
    const text = "\u001B[2Jgone\u001B]0;title\u0007 \u202Eback\u0000";
    const report = clusterReport({ events: [eventReport("VM/web1", { at: now, text })] });
    const frame = new Stage({ report }).press("6").frame();
    assert.match(frame, / gone {2}back/);
  });

  it("draws only what is in sight of 10,000 VMs", () => {
    const vms = Array.from({ length: 10_000 }, (_, index) => vmReport(`vm${String(index).padStart(5, "0")}`));
    const stage = new Stage({ report: clusterReport({ vms }) }).press("3", "G");
    assert.match(stage.frame(), /▸ vm09999/);
    assert.match(stage.frame(), /9,982-10,000 of 10,000/);
    const [panel] = stage.session.snapshot().panels;
    assert.equal(panel?.rows, 19);
  });
});
