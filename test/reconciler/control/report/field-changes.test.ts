import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fieldChanges } from "../../../../reconciler/control/report/field-changes.ts";

describe("what differs between two objects", () => {
  it("is told field by field, as people write it", () => {
    const before = { memoryBytes: 2 ** 30, shutdown: { timeoutMs: 60_000 }, limits: ["hv1"], protect: true };
    const after = { memoryBytes: 2 ** 31, shutdown: { timeoutMs: 5_000 }, limits: ["hv1"], protect: null };
    assert.deepEqual(fieldChanges(before, after), [
      { path: "memory", old: "1GiB", new: "2GiB" },
      { path: "shutdown.timeout", old: "1m", new: "5s" },
      { path: "protect", old: "true", new: null },
    ]);
  });

  it("tells a moment as a time, not as a number", () => {
    const until = Date.UTC(2026, 0, 1, 6);
    const [change] = fieldChanges({ maintenance: { until: null } }, { maintenance: { until } });
    assert.deepEqual(change, { path: "maintenance.until", old: null, new: "2026-01-01T06:00:00Z" });
  });
});
