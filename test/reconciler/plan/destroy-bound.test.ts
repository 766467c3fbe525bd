import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { askedToDestroy, overBound } from "../../../reconciler/plan/destroy-bound.ts";
import { ModelCluster, vm, vmId } from "../../support/plan/model-cluster.ts";

/** What an edit of these VMs' documents asks to destroy, where `stopped` were stopped before. */
function asked(former: readonly string[], next: readonly string[], stopped: readonly string[] = []) {
  const cluster = new ModelCluster(["a", "b", "c", "d"].map((name) => vm(name)));
  const desired = (absent: readonly string[]) => {
    for (const name of ["a", "b", "c", "d"])
      cluster.edit(vmId(name), { state: absent.includes(name) ? "absent" : "running" });
    return cluster.desired;
  };
  const existing = new Set(["a", "b", "c"]);
  return askedToDestroy({ former: desired(former), next: desired(next), existing, stopped });
}

describe("askedToDestroy", () => {
  it("names the VMs that become absent by this apply, where there are any of that name", () => {
    assert.deepEqual(asked([], ["b", "a", "d"]), ["a", "b"]);
    assert.deepEqual(asked(["a"], ["a"]), []);
    assert.deepEqual(asked(["a"], []), []);
  });

  it("does not count what an earlier apply asked for within its bound", () => {
    assert.deepEqual(asked(["a"], ["a", "b"]), ["b"]);
  });

  it("judges those anew that were stopped before, as long as they are to be absent", () => {
    assert.deepEqual(asked(["a", "b"], ["a", "b", "c"], ["a", "b"]), ["a", "b", "c"]);
    assert.deepEqual(asked(["a", "b"], ["a"], ["a", "b"]), ["a"]);
  });

  it("counts a VM that is renamed and destroyed in one", () => {
    const cluster = new ModelCluster([vm("old")]);
    const former = cluster.desired;
    cluster.remove(vmId("old")).put(vm("new", { renamedFrom: "old", state: "absent" }));
    const next = cluster.desired;
    assert.deepEqual(askedToDestroy({ former, next, existing: new Set(["old"]), stopped: [] }), ["new"]);
  });
});

describe("overBound", () => {
  it("stops all of them or none, and heeds a number only where it is exact", () => {
    assert.deepEqual(overBound(["a"], 1, null), []);
    assert.deepEqual(overBound(["a", "b"], 1, null), ["a", "b"]);
    assert.deepEqual(overBound(["a", "b"], 1, 3), ["a", "b"]);
    assert.deepEqual(overBound(["a", "b"], 1, 2), []);
  });
});
