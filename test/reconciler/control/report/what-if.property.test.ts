/** What the what-if says is what happens: the flush is asked about, and then really made, by the real loop and agents. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { presentInput } from "../../../../reconciler/control/plan-input.ts";
import { reportWhatIf } from "../../../../reconciler/control/report/what-if.ts";
import { objectId, type ObjectId } from "../../../../reconciler/model/names.ts";
import type { WhatIfReport } from "../../../../reconciler/model/what-if-report.ts";
import { VirtualClock } from "../../../../simulator/virtual-clock.ts";
import { VirtualCluster } from "../../../../simulator/virtual-cluster.ts";
import { arbitraryCluster } from "../../../support/plan/arbitrary-cluster.ts";
import { type Document, GiB, type Machine } from "../../../support/plan/model-cluster.ts";

const runs = { numRuns: Number(process.env["KEEL_PROPERTY_RUNS"] ?? 20) };
/** Long enough for every move of so few VMs. */
const longMs = 3 * 60_000;

type Documents = ReadonlyMap<ObjectId, Document>;

class Lab implements AsyncDisposable {
  readonly clock = new VirtualClock(Date.UTC(2026, 0, 1));
  readonly cluster: VirtualCluster;

  constructor(machines: Readonly<Record<string, Machine>>) {
    const hardware = Object.fromEntries(
      Object.entries(machines).map(([name, { memoryGiB = 16, cpus = 8, load = 0 }]) => [
        name,
        { memoryBytes: memoryGiB * GiB, cpus, load },
      ]),
    );
    this.cluster = new VirtualCluster({ clock: this.clock, nodes: Object.keys(machines), hardware });
    this.cluster.startReconciler("r1");
  }

  async apply(documents: Documents): Promise<void> {
    const applied = this.cluster.administrator.apply(this.cluster.administrator.check(documents));
    await this.clock.advance(longMs);
    await applied;
  }

  ask(flush: string): WhatIfReport {
    const { state } = this.cluster.feed;
    const input = presentInput(state, this.clock.now());
    return reportWhatIf(input, { lose: [], flush: [flush], addVms: [] }, 1);
  }

  /** Where each VM runs. */
  whereabouts(documents: Documents): Record<string, string | null> {
    const vms = [...documents.values()].filter(({ kind }) => kind === "VM");
    return Object.fromEntries(vms.map(({ name }) => [name, this.cluster.machineOf(name)?.node ?? null]));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.cluster.close();
    await this.clock.advance(0);
  }
}

/** The node with the most VMs. */
function fullest(whereabouts: Record<string, string | null>): string {
  const counts = new Map([["hv1", 0]]);
  for (const node of Object.values(whereabouts)) {
    if (node !== null) counts.set(node, (counts.get(node) ?? 0) + 1);
  }
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most))[0];
}

/** Where each VM would be, by what was said. */
function foretold(
  now: Record<string, string | null>,
  { moves, unplaced }: WhatIfReport,
): Record<string, string | null> {
  return {
    ...now,
    ...Object.fromEntries(moves.map(({ vm, to }) => [vm, to])),
    ...Object.fromEntries(unplaced.map(({ vm, ends, from }) => [vm, ends === "stays" ? from : null])),
  };
}

describe("what the what-if says of a flush", () => {
  it("is where each VM is once the node was flushed", async () => {
    let moved = 0;
    await fc.assert(
      fc.asyncProperty(arbitraryCluster(10), async ({ before, machines }) => {
        await using lab = new Lab(machines);
        const documents = new Map<ObjectId, Document>(
          [...before, { kind: "Cluster" as const, name: "lab" }].map((document) => [
            objectId(document.kind, document.name),
            document.kind === "Node" ? { ...document, state: "ready" } : document,
          ]),
        );
        await lab.clock.advance(5_000);
        await lab.apply(documents);
        const now = lab.whereabouts(documents);
        const flushed = fullest(now);
        const report = lab.ask(flushed);
        const id = objectId("Node", flushed);
        await lab.apply(documents.set(id, { kind: "Node", name: flushed, state: "flushed" }));
        assert.deepEqual(lab.whereabouts(documents), foretold(now, report));
        moved += report.moves.length;
      }),
      runs,
    );
    assert.ok(moved > 0, "nothing had to move");
  });
});
