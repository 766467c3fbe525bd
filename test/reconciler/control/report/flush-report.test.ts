import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planOf } from "../../../../reconciler/control/report/cluster-report.ts";
import { reportFlush } from "../../../../reconciler/control/report/flush-report.ts";
import type { ObjectId } from "../../../../reconciler/model/names.ts";
import type { FlushReport } from "../../../../reconciler/model/report.ts";
import { VirtualCluster } from "../../../../simulator/virtual-cluster.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const vms = Array.from({ length: 4 }, (_, index) => `web${String(index + 1)}`);

function documents(state: string): ReadonlyMap<ObjectId, unknown> {
  return new Map<ObjectId, unknown>([
    ["Node/hv1", { kind: "Node", name: "hv1", state }],
    ["Node/hv2", { kind: "Node", name: "hv2" }],
    ...vms.map((name): [ObjectId, unknown] => [
      `VM/${name}`,
      { kind: "VM", name, memory: "3GiB", node: "hv1" },
    ]),
    ["VM/held1", { kind: "VM", name: "held1", memory: "1GiB", node: "hv1", limits: ["hv1"] }],
  ]);
}

describe("the report of a flush", () => {
  it("counts who has left or is held, and tells when the last will have", async () => {
    const clock = new FakeClock();
    const cluster = new VirtualCluster({ clock, nodes: ["hv1", "hv2"] });
    cluster.startReconciler("r1");
    await clock.advance(1_000);
    await cluster.administrator.apply(cluster.administrator.check(documents("ready")));
    await clock.advance(20_000);
    const look = () => {
      const { state } = cluster.feed;
      return reportFlush(state, planOf(state, clock.now()), "hv1");
    };
    assert.equal(look(), null);
    await cluster.administrator.apply(cluster.administrator.check(documents("flushed")));
    const seen: { readonly at: number; readonly flush: FlushReport }[] = [];
    for (let turn = 0; turn < 600; turn++) {
      await clock.advance(100);
      const flush = look();
      if (flush === null && seen.length > 0) break;
      if (flush !== null) seen.push({ at: clock.now(), flush });
    }
    const end = clock.now();
    assert.deepEqual(
      seen.filter(({ flush }) => flush.total !== 5).map(({ flush }) => flush),
      [],
      "nobody is lost between two nodes",
    );
    const done = seen.map(({ flush }) => flush.done);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    assert.deepEqual([done[0], (done.at(-1) ?? 0) >= 3], [0, true]);
    const early = seen.find(({ flush }) => flush.remainingMs !== null && flush.done < 3);
    assert.ok(early !== undefined);
    const told = early.flush.remainingMs ?? 0;
    const took = end - early.at;
    assert.ok(told > took / 3 && told < took * 3, `told ${String(told)}, took ${String(took)}`);
    await cluster.close();
  });
});
