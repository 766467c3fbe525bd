import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { generate } from "../../../simulator/random/generate.ts";
import { fileText, fileValue } from "../../../simulator/random/scenario-document.ts";
import { readScenario, scenarioFrom } from "../../../simulator/scenario/read-scenario.ts";

const seeds = Array.from({ length: 200 }, (_, i) => i + 1);

describe("a random scenario", () => {
  it("is the same for the same seed, and another for another", () => {
    assert.deepEqual(generate(7), generate(7));
    assert.notDeepEqual(generate(7), generate(8));
  });

  it("is one that can be read, from a file too, and says the same there", async () => {
    for (const seed of seeds.slice(0, 20)) {
      const document = generate(seed);
      const text = fileText(document, ["A comment."]);
      const fromFile = await readScenario(text, "x.yaml", () => Promise.reject(new Error("no folder")));
      assert.deepEqual(fromFile, await scenarioFrom(fileValue(document)));
    }
  });

  it("has fifty events and more, in the order of their times", () => {
    for (const seed of seeds) {
      const { events } = generate(seed);
      assert.ok(events.length >= 50);
      assert.ok(events.every(({ at }, index) => at >= (events[index - 1]?.at ?? 0)));
    }
  });

  it("does every kind of thing sooner or later", () => {
    const done = new Set(
      seeds.flatMap((seed) => generate(seed).events.flatMap(({ act }) => Object.keys(act))),
    );
    const wanted = [
      "edit",
      "approve",
      "restart",
      "retry",
      "release",
      "acknowledge",
      "override",
      "agent",
      "heartbeat",
    ];
    const faults = [
      "power",
      "network",
      "store",
      "reconciler",
      "guest",
      "migration",
      "bmc",
      "clock",
      "confirmDead",
    ];
    assert.deepEqual([...done].sort(), [...wanted, ...faults].sort());
  });
});
