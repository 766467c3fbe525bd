import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nothingWatched, type SilentNode, watch } from "../../../../reconciler/control/fence/watch.ts";

const silent: SilentNode = { node: "hv1", incident: "1", shielded: false, answeredAt: null };
const never = Number.NEGATIVE_INFINITY;

/** From when on its grace counts, after these looks. */
function since(...looks: readonly [number, Partial<SilentNode>?, number?][]): number | undefined {
  let seen = nothingWatched;
  for (const [monotonic, change = {}, interruptedAt = never] of looks) {
    seen = watch(seen, [{ ...silent, ...change }], { monotonic, interruptedAt });
  }
  return seen.get("hv1")?.since;
}

describe("a grace", () => {
  it("counts from the leader's own first sight", () => {
    assert.equal(since([100], [5_000], [9_000]), 100);
  });

  it("begins anew where the leader could not see meanwhile", () => {
    assert.equal(since([100], [9_000, {}, 8_000]), 8_000);
  });

  it("begins anew at the end of what kept the node from being fenced, and goes on before", () => {
    assert.equal(since([100, { shielded: true }], [9_000, { shielded: true }]), 100);
    assert.equal(since([100, { shielded: true }], [9_000]), 9_000);
  });

  it("begins anew with each direct answer", () => {
    assert.equal(since([100], [9_000, { answeredAt: 7_000 }]), 7_000);
  });

  it("is another one for another silence", () => {
    assert.equal(since([100], [9_000, { incident: "2" }]), 9_000);
  });

  it("is forgotten with the silence", () => {
    const seen = watch(nothingWatched, [silent], { monotonic: 1, interruptedAt: never });
    assert.equal(watch(seen, [], { monotonic: 2, interruptedAt: never }).size, 0);
  });
});
