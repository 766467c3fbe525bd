import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { quantile, recordingReport, renderTable, type Row } from "../../bench/report.ts";

describe("recordingReport", () => {
  it("records the median of many runs, without the warm-up", async () => {
    const clock = { ms: 0 };
    const rows: Row[] = [];
    const took = await recordingReport(rows, () => clock.ms).time("plan", () => {
      clock.ms += clock.ms < 200 ? 50 : 4;
    });
    assert.equal(took, 4);
    assert.deepEqual(rows, [{ label: "plan", value: 4, unit: "ms", p95: 4, runs: 250 }]);
  });

  it("runs what is slow ten times at the least, and waits for each", async () => {
    const clock = { ms: 0 };
    const rows: Row[] = [];
    await recordingReport(rows, () => clock.ms).time("plan", async () => {
      await Promise.resolve();
      clock.ms += 5_000;
    });
    assert.equal(rows[0]?.runs, 10);
    assert.equal(rows[0].value, 5_000);
  });
});

describe("quantile", () => {
  it("is one of the values", () => {
    assert.equal(quantile([1, 2, 3, 4], 0.5), 2);
    assert.equal(quantile([1, 2, 3, 4], 0.95), 4);
    assert.equal(quantile([7], 0.5), 7);
  });
});

describe("renderTable", () => {
  it("compares each row with the first", () => {
    const rows: readonly Row[] = [
      { label: "100 VMs", value: 1.5, unit: "ms", p95: 2.25, runs: 600 },
      { label: "1000 VMs", value: 16.5, unit: "ms", p95: 120.4, runs: 60 },
      { label: "asked for", value: 3, unit: "ms", p95: null, runs: null },
    ];
    assert.equal(
      renderTable(rows),
      [
        "              median      p95  runs  ratio",
        "  100 VMs    1.50 ms  2.25 ms   600  1.00×",
        "  1000 VMs   16.5 ms   120 ms    60  11.0×",
        "  asked for  3.00 ms                 2.00×",
        "",
      ].join("\n"),
    );
  });
});
