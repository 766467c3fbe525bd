import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { outcomeInWords } from "../../../../reconciler/control/fence/outcome.ts";
import { Scene } from "../../../support/cluster/scene.ts";
import { vm } from "../../../support/plan/model-cluster.ts";

describe("what is said of a recovery that is over", () => {
  it("is where the VMs are, and which of them do not run", () => {
    const outcome = outcomeInWords([
      { name: "web", state: "running", node: "hv2" },
      { name: "shop", state: "held", node: null },
      { name: "db", state: "starting", node: "hv3" },
      { name: "wiki", state: "failed", node: "hv3" },
      { name: "mail", state: "held", node: null },
    ]);
    assert.equal(outcome, "web on hv2, db on hv3; held: shop, mail; failed: wiki");
    assert.equal(outcomeInWords([]), "it had no VMs");
  });

  it("names no more than people read", () => {
    const vms = Array.from(
      { length: 10 },
      (_, at) => ({ name: `a${at}`, state: "held", node: null }) as const,
    );
    assert.equal(outcomeInWords(vms), "held: a0, a1, a2, a3, a4, a5, a6, a7 and 2 more");
  });

  it("goes into the event that tells of its end, once", async () => {
    const scene = new Scene();
    for (const name of ["hv1", "hv2", "hv3"]) {
      scene.put({ kind: "Node", name, bmc: { agent: "simulated" } });
    }
    await scene.begin(
      vm("web", { node: "hv1", limits: ["hv1", "hv2"] }),
      vm("pin", { node: "hv1", limits: ["hv1"] }),
      vm("db", { node: "hv3" }),
    );
    await scene.advance(60_000);
    scene.cluster.powerOff("hv1");
    await scene.advance(120_000);
    const told = [...scene.cluster.feed.state.events.values()].filter(
      ({ code }) => code === "node-recovered",
    );
    assert.deepEqual(
      told.map(({ text }) => text),
      ["the recovery of hv1 is over: web on hv2; held: pin"],
    );
    await scene.end();
  });
});
