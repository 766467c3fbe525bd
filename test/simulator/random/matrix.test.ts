import assert from "node:assert/strict";
import { describe, it } from "node:test";
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
    assert.equal(lines.length, faultKinds.length + 1);
    assert.match(lines.at(-1) ?? "", /^migration hang( +-){4} +0( +-){2}$/);
  });
});
