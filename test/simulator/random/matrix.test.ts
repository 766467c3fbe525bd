import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Edits } from "../../../reconciler/desired/edit/merge-patch.ts";
import type { FencePhase } from "../../../reconciler/model/fence.ts";
import { editCells, editKinds } from "../../../simulator/random/edit-cells.ts";
import { faultKinds, Matrix, stepKinds, whyNever } from "../../../simulator/random/matrix.ts";

describe("the matrix of faults and steps", () => {
  it("names each pair that was met too seldom, and none that cannot meet", () => {
    const matrix = new Matrix();
    const possible = faultKinds.flatMap((fault) =>
      stepKinds.filter((kind) => whyNever(fault, kind) === null).map((kind) => `${fault} × ${kind}`),
    );
    assert.equal(matrix.missing(1).length, possible.length);
    matrix.add(Object.fromEntries(possible.map((cell) => [cell, 49])));
    matrix.add({ "power off × migrate": 1 });
    assert.equal(matrix.missing(50).length, possible.length - 1);
    assert.deepEqual(matrix.missing(49), []);
  });

  it("shows a line for each fault, and which cells cannot be", () => {
    const lines = new Matrix().lines();
    assert.equal(lines.length, faultKinds.length + 1 + 2 + editKinds.length);
    assert.match(lines[faultKinds.length] ?? "", /^migration hang( +-){4} +0( +-){2}$/);
    assert.match(lines.at(-1) ?? "", /^lease edited( +0){7}$/);
  });

  it("counts an edit by what has become of the node that it is about", () => {
    const cells = (edits: Edits, phase: FencePhase = "lost") => {
      const state = { desired: { nodes: new Map([["hv1", {}]]) }, fences: new Map([["hv1", { phase }]]) };
      return editCells({ at: 0, kind: "edit", edits }, state);
    };
    assert.deepEqual(cells(new Map([["Node/hv1", null]])), ["node removed × lost"]);
    assert.deepEqual(cells(new Map([["Node/hv1", { bmc: null }]])), ["bmc edited × lost"]);
    assert.deepEqual(cells(new Map([["Cluster/lab", { fencing: { lease: "6s" } }]])), [
      "lease edited × lost",
    ]);
    assert.deepEqual(cells(new Map([["Node/hv1", { state: "flushed" }]])), []);
    assert.deepEqual(cells(new Map([["Node/hv2", null]])), [], "there is no such node");
    assert.deepEqual(cells(new Map([["Node/hv1", null]]), "closed"), []);
  });
});
