import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Rehearsal } from "../../../cli/commands/fence/rehearse.ts";
import type { FenceCheck } from "../../../cli/fence-check.ts";
import { folderOf } from "../../support/fence/devices.ts";
import { FakeAgent } from "../../support/fence/fake-agent.ts";
import { Bench } from "../bench.ts";
import { labYaml, webYaml, writeSmallCluster } from "../documents.ts";

const withDevice = labYaml.replace("name: hv1\n", "name: hv1\nbmc: {agent: redfish, address: 10.0.9.11}\n");

/** hv1 has a device that tells no UUID. */
async function openBench(test: TestContext) {
  const agent = new FakeAgent(folderOf(test));
  const env = { KEEL_FENCE_AGENTS: agent.folder };
  const bench = await Bench.open();
  test.after(() => bench[Symbol.asyncDispose]());
  await writeSmallCluster(bench);
  await bench.write("lab.yaml", withDevice);
  await bench.keel("apply -y", { env });
  return { bench, agent, env };
}

describe("keel fence test", { timeout: 120_000 }, () => {
  it("says what the devices tell, and why they would prove nothing", async (test) => {
    const { bench, agent, env } = await openBench(test);
    const { out, exit } = await bench.keel("fence test hv1", { env });
    assert.equal(
      out,
      `node/hv1 lives; its power devices:
  redfish 10.0.9.11: on, tells no UUID
  node/hv1 has no devices that are bound to it
A fence would prove nothing: not bound: the machine tells no UUID of its own.
`,
    );
    assert.equal(exit, 1);
    agent.mood("echo 'Connection timed out' >&2; exit 1");
    const silent = (await bench.data("fence test hv1", { env })) as FenceCheck;
    assert.equal(silent.provable, false);
    assert.equal(silent.problem, "redfish 10.0.9.11: 10.0.9.11 does not answer");
    assert.ok(
      agent.actions.every((action) => action === "status"),
      "nothing was switched",
    );
  });

  it("refuses a node that has none, or is not there", async (test) => {
    const { bench, env } = await openBench(test);
    const none = await bench.keel("fence test hv2", { env });
    assert.match(none.err, /it has no `bmc`/);
    assert.equal(none.exit, 1);
    assert.match((await bench.keel("fence test hv9", { env })).err, /no node named hv9/);
  });

  it("binds by a word that is typed in full, until the next edit", async (test) => {
    const { bench, env } = await openBench(test);
    const wrong = await bench.keel("fence test hv1 --bind --word", { env, answer: "yes" });
    assert.match(wrong.err, /nobody vouched for it by typing hv1/);
    const nobody = await bench.keel("fence test hv1 --bind --word", { env });
    assert.equal(nobody.exit, 1);
    const bound = await bench.keel("fence test hv1 --bind --word", { env, answer: "hv1" });
    assert.match(bound.out, /bound to node\/hv1 by the word of root since/);
    assert.match(bound.out, /A fence would have its proof/);
    assert.equal(bound.exit, 0);
    await bench.write("lab.yaml", withDevice.replace("10.0.9.11", "10.0.9.12"));
    await bench.keel("apply -y", { env });
    assert.equal((await bench.keel("fence test hv1", { env })).exit, 1);
  });

  it("cycles no node that has VMs", async (test) => {
    const { bench, agent, env } = await openBench(test);
    const { err, exit } = await bench.keel("fence test hv1 --bind", { env, answer: "hv1" });
    assert.match(err, /VMs run there: web1/);
    assert.equal(exit, 1);
    assert.deepEqual(agent.actions, []);
  });

  it("cycles no empty node that could be given a VM meanwhile", async (test) => {
    const { bench, agent, env } = await openBench(test);
    await bench.write("web.yaml", webYaml.replace("node: hv1\n", "node: hv1\nstate: stopped\n"));
    await bench.keel("apply -y", { env });
    const ready = await bench.keel("fence test hv1 --bind", { env, answer: "hv1" });
    assert.match(ready.err, /it is neither flushed nor cordoned, so it could be given a VM meanwhile/);
    assert.equal(ready.exit, 1);
    await bench.write("lab.yaml", withDevice.replace("name: hv1\n", "name: hv1\nstate: cordoned\n"));
    await bench.keel("apply -y", { env });
    const cordoned = await bench.keel("fence test hv1 --bind", { env, answer: "no" });
    assert.match(cordoned.err, /the answer was not hv1/, "it is asked about");
    assert.deepEqual(agent.actions, []);
  });

  it("binds by a power cycle that the node comes back from in a new boot", async (test) => {
    const { bench, agent, env } = await openBench(test);
    await bench.write("lab.yaml", withDevice.replace("name: hv1\n", "name: hv1\nstate: flushed\n"));
    await bench.keel("apply -y", { env });
    const cycle = async (): Promise<void> => {
      bench.cluster.powerOff("hv1");
      bench.cluster.boot("hv1");
    };
    const { out, err, exit } = await bench.keel("fence test hv1 --bind", {
      env,
      answer: "hv1",
      when: [/waiting until hv1 lives again/, cycle],
    });
    assert.match(err, /powering hv1 off\nit read off twice; powering it on\n/);
    assert.match(out, /bound to node\/hv1 by a power cycle since/);
    assert.equal(exit, 0);
    assert.deepEqual(
      agent.actions.filter((action) => action !== "status"),
      ["off", "on"],
    );
  });
});

describe("keel fence rehearse", { timeout: 120_000 }, () => {
  it("says whether there would be proof, and what would become of the VMs", async (test) => {
    const { bench, agent, env } = await openBench(test);
    const unproven = await bench.keel("fence rehearse hv1", { env });
    assert.match(unproven.out, /there would be no proof: not bound/);
    assert.match(unproven.out, /until `keel node confirm-dead hv1`, and then:\n {2}\w+ starts on hv\d/);
    assert.equal(unproven.exit, 0);
    await bench.keel("fence test hv1 --bind --word", { env, answer: "hv1" });
    const { power, restarted, left } = (await bench.data("fence rehearse hv1", { env })) as Rehearsal;
    assert.equal(power?.provable, true);
    assert.deepEqual(
      restarted.map(({ vm, to }) => [vm, to]),
      [["web1", "hv2"]],
    );
    assert.deepEqual(left, []);
    assert.ok(agent.actions.every((action) => action === "status"));
  });

  it("names the VMs that would run nowhere", async (test) => {
    const { bench, env } = await openBench(test);
    await bench.write("pin.yaml", "kind: VM\nname: pin1\nmemory: 1GiB\nlimits: [hv1]\n");
    await bench.keel("apply -y", { env });
    const { out } = await bench.keel("fence rehearse hv1", { env });
    assert.match(out, /pin1 starts nowhere: /);
  });

  it("tells of a node without devices", async (test) => {
    const { bench, env } = await openBench(test);
    const { out } = await bench.keel("fence rehearse hv2", { env });
    assert.match(out, /node\/hv2 has no power devices/);
    assert.match(out, /no proof: it has no `bmc`/);
  });
});
