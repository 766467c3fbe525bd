import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generate } from "../../../simulator/random/generate.ts";
import type { ScenarioDocument } from "../../../simulator/random/scenario-document.ts";
import { shrink } from "../../../simulator/random/shrink.ts";

/** As if a defect needed one VM and two events, in this order. */
function isFailing({ objects, events }: ScenarioDocument): boolean {
  const power = events.findIndex(({ act }) => "power" in act);
  const later = events.slice(power + 1).some(({ act }) => "agent" in act);
  return objects.some(({ kind }) => kind === "VM") && power >= 0 && later;
}

describe("shrink", () => {
  it("leaves nothing but what the failure needs", async () => {
    const failing = Array.from({ length: 50 }, (_, seed) => generate(seed)).find(isFailing);
    assert.ok(failing);
    const { objects, hardware, start, events } = await shrink(failing, (candidate) =>
      Promise.resolve(isFailing(candidate)),
    );
    assert.deepEqual(
      [objects.length, Object.keys(objects[0] ?? {}), hardware, start],
      [1, ["kind", "name"], {}, {}],
    );
    assert.deepEqual(
      events.map(({ at, act }) => [at, Object.keys(act)]),
      [
        [0, ["power"]],
        [0, ["agent"]],
      ],
    );
  });

  it("stops where it may try no more", async () => {
    let tries = 0;
    await shrink(
      generate(1),
      () => {
        tries += 1;
        return Promise.resolve(false);
      },
      7,
    );
    assert.equal(tries, 7);
  });
});
