import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { KeelError } from "../../reconciler/model/errors.ts";
import { busyCluster } from "./busy-cluster.ts";
import { clusterReport, now, stepReport, vmReport } from "./fixture.ts";
import { noFlags, settled, Stage } from "./stage.ts";

const calm = clusterReport({ appliedAt: now - 3_600_000 });

describe("drawing", () => {
  it("happens at once for a key", () => {
    const stage = new Stage({ report: calm }).press("j");
    assert.equal(stage.draws, 1);
  });

  it("happens at most ten times a second for data, and ends with what is last", async () => {
    const stage = new Stage({ report: calm });
    for (let revision = 0; revision < 100; revision += 1) {
      stage.feed.tell({ ...calm, revision });
      await stage.clock.advance(10);
    }
    assert.ok(stage.draws <= 11, `${String(stage.draws)} frames in a second`);
    await stage.clock.advance(100);
    assert.equal(stage.session.snapshot().report?.revision, 99);
  });

  it("happens once a minute where nothing changes but the clock", async () => {
    const stage = new Stage({ report: calm });
    await stage.clock.advance(59_999);
    assert.equal(stage.draws, 0);
    await stage.clock.advance(1);
    assert.equal(stage.draws, 1);
    assert.match(stage.frame(), /live 04:31/);
  });

  it("happens each second while a step is counted", async () => {
    const stage = new Stage({
      report: clusterReport({ vms: [vmReport("db1", { state: "migrating", step: stepReport() })] }),
    });
    assert.match(stage.frame(), /0:14/);
    await stage.clock.advance(3000);
    assert.equal(stage.draws, 3);
    assert.match(stage.frame(), /0:17/);
  });

  it("gives the very same panels again while only the cursor moves", () => {
    const stage = new Stage({ report: busyCluster }).press("3");
    const before = stage.session.snapshot().panels[0]?.panel;
    assert.equal(stage.press("j", "j").session.snapshot().panels[0]?.panel, before);
    assert.notEqual(stage.press("s").session.snapshot().panels[0]?.panel, before);
  });

  it("follows the size of the terminal", () => {
    const stage = new Stage({ report: calm });
    stage.session.resize({ columns: 100, rows: 30 });
    assert.equal(stage.frame().split("\n").length, 30);
  });

  it("leaves no timer and no subscription behind", async () => {
    const stage = new Stage({ report: calm });
    stage.session.close();
    assert.equal(stage.clock.pending, 0);
    assert.equal(stage.feed.subscribers, 0);
    stage.press("j");
    await stage.clock.advance(120_000);
    assert.equal(stage.draws, 0);
  });
});

describe("keys in one chunk", () => {
  it("each see what the one before did", () => {
    const stage = new Stage({ report: busyCluster });
    stage.session.input(":vm web\r", noFlags);
    assert.deepEqual([stage.place.screen, stage.place.filter], ["vms", "web"]);
  });
});

describe("pasting", () => {
  it("types into a command or filter, up to the end of the line", () => {
    const stage = new Stage({ report: busyCluster }).press("3", "/");
    stage.session.paste("web\u001B[2J1\nq");
    assert.match(stage.frame(), /VMS 1 of 12 {2}\/web1/);
  });

  it("means nothing elsewhere", () => {
    const stage = new Stage({ report: busyCluster });
    stage.session.paste("q");
    assert.deepEqual(stage.asked, []);
  });
});

describe("the answer in a detail view", () => {
  it("is asked for again when what is reported of the object changes, not for every percent", async () => {
    const vm = vmReport("db1", { state: "migrating", step: stepReport({ percent: 1 }) });
    const stage = new Stage({ report: clusterReport({ vms: [vm] }) }).press("3", "d");
    await settled();
    for (const percent of [2, 3]) {
      stage.feed.tell(clusterReport({ vms: [{ ...vm, step: stepReport({ percent }) }] }));
      await stage.clock.advance(200);
    }
    assert.deepEqual(stage.calls, ["describe VM/db1"]);
    stage.feed.tell(clusterReport({ vms: [{ ...vm, state: "running", step: null }] }));
    await stage.clock.advance(200);
    assert.deepEqual(stage.calls, ["describe VM/db1", "describe VM/db1"]);
  });

  it("is asked for again by r", async () => {
    const stage = new Stage({ report: calm }).press("3", "w");
    await settled();
    stage.press("r");
    assert.deepEqual(stage.calls, ["why VM/web1", "why VM/web1"]);
  });

  it("shows what went wrong instead, with the advice", async () => {
    const failing = () =>
      Promise.reject(new KeelError("not-found", { what: "VM", name: "web1", kind: "vm" }));
    const stage = new Stage({ report: calm, actions: { ask: failing } }).press("3", "w");
    await settled();
    assert.match(stage.frame(), /There is no VM named web1\. `keel get vm` lists what there is\./);
  });

  it("drops the answer to a question that was left", async () => {
    const late = Promise.withResolvers<readonly string[]>();
    const ask = ([what]: readonly string[]) => (what === "why" ? late.promise : Promise.resolve([]));
    const stage = new Stage({ report: calm, actions: { ask } }).press("3", "w");
    stage.press("d");
    await settled();
    late.resolve(["too late"]);
    await settled();
    assert.doesNotMatch(stage.frame(), /too late/);
  });
});

describe("an apply", () => {
  const applying = (apply: () => AsyncIterable<string>) =>
    new Stage({ report: busyCluster, readOnly: false, actions: { apply } }).press("a", "y");

  it("shows each line when it comes", async () => {
    const gate = Promise.withResolvers<undefined>();
    const stage = applying(async function* () {
      yield "migrated db1";
      await gate.promise;
      yield "started web3";
    });
    await settled();
    assert.match(stage.frame(), /APPLY .* under way/);
    assert.match(stage.frame(), /migrated db1/);
    gate.resolve(undefined);
    await settled();
    assert.match(stage.frame(), /started web3/);
    assert.match(stage.frame(), /✓ done/);
  });

  it("shows why it failed", async () => {
    const stage = applying(async function* () {
      yield "one";
      throw new Error("the store went away");
    });
    await settled();
    assert.match(stage.frame(), /! not done/);
    assert.match(stage.frame(), /the store went away/);
  });

  it("shows the outcome and the advice of one that tells only its end", async () => {
    const apply = () =>
      Promise.resolve({ ok: false, text: "3 of 5 steps failed.", advice: "Apply again." } as const);
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { apply } }).press("a", "y");
    await settled();
    assert.match(stage.frame(), /3 of 5 steps failed\.\n {2}Apply again\./);
  });
});

describe("a long notice", () => {
  it("takes the lines it needs", async () => {
    const advice =
      "Put the folder back, or name another one with `--dir`, then look at the plan again before you apply.";
    const approve = () =>
      Promise.resolve({ ok: false, text: "The approval of old-wiki was refused.", advice } as const);
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { approve } });
    stage.press("5", "G", "k", "A").type("old-wiki").press("enter");
    await settled();
    assert.match(stage.frame(), /was refused\.[\s\S]*before you apply\./);
    assert.equal(stage.frame().split("\n").length, 24);
  });
});
