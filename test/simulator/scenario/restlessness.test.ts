import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ReleasedStep } from "../../../reconciler/model/journal.ts";
import { Restlessness } from "../../../simulator/scenario/restlessness.ts";

function released(vm: string, id: number): ReadonlyMap<string, ReleasedStep> {
  const step = {
    kind: "stop",
    id: `${vm}.${id}`,
    vm,
    node: "hv1",
    epoch: 1,
    method: "graceful",
    timeoutMs: 1,
    then: "leave",
    displaced: null,
    reason: { code: "stop-wanted", with: { state: "stopped" } },
  } as const;
  return new Map([[vm, { step, releasedAt: 0, cancel: false, progress: new Map() }]]);
}

/** What is told when the VM's n-th step is released at n times so many milliseconds. */
function told(everyMs: number, steps: number): readonly (string | null)[] {
  const restlessness = new Restlessness();
  return Array.from({ length: steps }, (_, n) => restlessness.heed(released("web", n), n * everyMs));
}

describe("restlessness", () => {
  it("is told of a VM that is given one step after another", () => {
    const words = told(50, 40);
    assert.deepEqual([words[0], words.at(-1)], [null, "web"]);
  });

  it("is not told of as many steps over a longer time, nor of one step that is seen again and again", () => {
    assert.ok(told(1_000, 40).every((word) => word === null));
    const restlessness = new Restlessness();
    const again = Array.from({ length: 40 }, () => restlessness.heed(released("web", 1), 0));
    assert.ok(again.every((word) => word === null));
  });
});
