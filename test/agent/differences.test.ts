import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { changedSince } from "../../agent/differences.ts";
import type { Difference } from "../../agent/hypervisor/hypervisor.ts";
import type { ObservedDomain } from "../../reconciler/model/observed.ts";
import { hardware } from "./support/steps.ts";

const difference = (path: string, live: string, heardAt: number | null = null): Difference => ({
  path,
  field: null,
  wanted: null,
  live,
  takes: "live",
  by: "hand",
  heardAt,
});

function told(
  differences: readonly Difference[],
  at: number,
  before: ObservedDomain | null = null,
  id = "1",
) {
  return changedSince({ id, differences }, before, at);
}

function recordOf(changed: ReturnType<typeof told>, domainId = "1"): ObservedDomain {
  const session = { lease: "7", bootId: "b1" };
  const [live, applied] = [hardware(), hardware()];
  const run = { domainId, since: 0, live, applied, changed };
  return { vm: "web", epoch: 1, session, readAt: 0, state: "running", ...run };
}

const times = ({ differences }: ReturnType<typeof told>) =>
  differences.map(({ path, since, noticed }) => `${path} ${since} ${noticed}`);

describe("changedSince", () => {
  it("dates what the hypervisor told of by that, and what was found by when it was", () => {
    const found = told([difference("state", "paused", 90), difference("title", "x")], 100);
    assert.deepEqual(times(found), ["state 90 event", "title 100 reading"]);
  });

  it("keeps the time of what is still so, and dates another value anew", () => {
    const before = recordOf(told([difference("a", "1", 90), difference("b", "1")], 100));
    const later = told([difference("a", "1"), difference("b", "2")], 200, before);
    assert.deepEqual(times(later), ["a 90 event", "b 200 reading"]);
  });

  it("begins anew with another run", () => {
    const before = recordOf(told([difference("a", "1", 90)], 100), "another");
    assert.deepEqual(times(told([difference("a", "1")], 200, before)), ["a 200 reading"]);
  });

  it("is bounded, and says how much is left out", () => {
    const many = Array.from({ length: 40 }, (_, index) => difference(`p${index}`, "x".repeat(1_000)));
    const { differences, omitted } = told(many, 100);
    assert.deepEqual([differences.length, omitted], [32, 8]);
    assert.ok(JSON.stringify(differences).length < 32 * 400);
  });
});
