import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { nextSortKey, sortKeys, sortNodes, sortVms, type SortKey } from "../../tui/sort.ts";
import { GiB, nodeReport, vmReport } from "./fixture.ts";

describe("sortVms", () => {
  const vms = [
    vmReport("c", { state: "running", node: "hv2", memoryBytes: GiB }),
    vmReport("b", { state: "failed", node: "hv1", memoryBytes: GiB }),
    vmReport("a", { state: "stopped", node: "hv2", memoryBytes: 8 * GiB }),
  ];
  const order = (key: SortKey) =>
    sortVms(vms, key)
      .map(({ name }) => name)
      .join("");

  it("orders by name, trouble, node or size, with the name breaking ties", () => {
    assert.deepEqual(sortKeys.map(order), ["abc", "bca", "bac", "abc"]);
  });
});

describe("sortNodes", () => {
  const nodes = [
    nodeReport("c", { memoryGuestBytes: 60 * GiB }),
    nodeReport("b", { state: "lost", memoryBytes: null }),
    nodeReport("a", { memoryGuestBytes: 10 * GiB }),
  ];
  const order = (key: SortKey) =>
    sortNodes(nodes, key)
      .map(({ name }) => name)
      .join("");

  it("orders by name, trouble or how full they are", () => {
    assert.deepEqual(sortKeys.map(order), ["abc", "bac", "abc", "cab"]);
  });
});

describe("nextSortKey", () => {
  it("goes round", () => {
    assert.deepEqual(sortKeys.map(nextSortKey), ["state", "node", "memory", "name"]);
  });
});
