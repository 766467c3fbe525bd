import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { planOf } from "../../../reconciler/control/report/cluster-report.ts";
import { whyNode, whyVm, type WhyReport } from "../../../reconciler/control/why.ts";
import { reasonTable } from "../../../reconciler/model/reasons.ts";
import { generate } from "../../../simulator/random/generate.ts";
import { play, playSeed } from "../../../simulator/random/play.ts";
import type { Moment } from "../../../simulator/scenario/simulate.ts";

function assertExplained(why: WhyReport | null): void {
  assert.ok(why);
  assert.ok(Object.hasOwn(reasonTable, why.reason.code), `${why.object}: ${why.reason.code}`);
  const texts = [why.reason.text, ...why.elsewhere.map(({ text }) => text), ...why.next];
  for (const text of texts) assert.doesNotMatch(text, /^$|\{\w+\}|undefined|NaN/, `${why.object}: ${text}`);
}

function lookAtAll({ state, now }: Moment): void {
  const planned = planOf(state, now);
  for (const name of planned.vms.keys()) assertExplained(whyVm(state, planned, name, now));
  for (const name of planned.nodes.keys()) assertExplained(whyNode(state, planned, name));
}

describe("random scenarios", () => {
  it("break no law", async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const { failure } = await playSeed(seed);
      assert.equal(failure, null, `seed ${seed}: ${failure?.text ?? ""}`);
    }
  });

  it("come out the same every time", async () => {
    assert.deepEqual(await playSeed(3), await playSeed(3));
  });

  it("have a reason in plain words for each VM and node at every moment", async () => {
    for (let seed = 101; seed <= 110; seed += 1) {
      let moments = 0;
      await play(generate(seed), (_event, moment) => {
        moments += 1;
        lookAtAll(moment);
      });
      assert.ok(moments >= 50);
    }
  });
});
