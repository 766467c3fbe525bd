import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { differsInKind, differsInMeasure } from "../../agent/status.ts";
import type { NodeStatus } from "../../reconciler/model/observed.ts";

const before: NodeStatus = {
  session: { lease: "7", bootId: "b1" },
  readAt: 0,
  seen: 1,
  memoryBytes: 1_000,
  cpus: 8,
  memoryFreeBytes: 500,
  load: 1,
  supports: { networks: ["bridge"], pools: ["dir"] },
  unmanaged: [{ name: "old", memoryBytes: 10, running: true }],
};

describe("differsInKind", () => {
  it("does not look at measurements, nor at when and after what it was read", () => {
    assert.ok(!differsInKind(before, { ...before, readAt: 9, seen: 9, memoryFreeBytes: 1, load: 9 }));
  });

  it("sees another session, machine, driver or domain that is not ours", () => {
    const changes: readonly Partial<NodeStatus>[] = [
      { session: { lease: "8", bootId: "b1" } },
      { session: { lease: "7", bootId: "b2" } },
      { memoryBytes: 2_000 },
      { cpus: 4 },
      { supports: { networks: ["bridge", "vlan"], pools: ["dir"] } },
      { supports: { networks: ["bridge"], pools: [] } },
      { unmanaged: [] },
      { unmanaged: [{ name: "old", memoryBytes: 10, running: false }] },
    ];
    for (const change of changes)
      assert.ok(differsInKind(before, { ...before, ...change }), JSON.stringify(change));
  });
});

describe("differsInMeasure", () => {
  it("takes less than a hundredth of memory or CPUs for noise", () => {
    assert.ok(!differsInMeasure(before, { ...before, memoryFreeBytes: 509, load: 1.07 }));
    assert.ok(differsInMeasure(before, { ...before, memoryFreeBytes: 510 }));
    assert.ok(differsInMeasure(before, { ...before, load: 1.08 }));
    assert.ok(differsInMeasure(before, { ...before, load: 0 }));
  });
});
