// Needs: openssl
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { readBootId } from "../../../agent/machine-ids.ts";
import type { Rehearsal } from "../../../cli/commands/fence/rehearse.ts";
import type { FenceCheck } from "../../../cli/fence-check.ts";
import type { StatusReport } from "../../../reconciler/model/status-report.ts";
import type { Alive } from "../../../reconciler/model/observed.ts";
import { decode, encode } from "../../../reconciler/store/codec.ts";
import { Authority } from "../../support/certificates.ts";
import { folderOf, never } from "../../support/fence/devices.ts";
import { FakeAgent } from "../../support/fence/fake-agent.ts";
import { RedfishService } from "../../support/fence/redfish-service.ts";
import { Bench, type CommandOptions } from "../bench.ts";
import { labYaml, webYaml, writeSmallCluster } from "../documents.ts";

const withDevice = labYaml.replace("name: hv1\n", "name: hv1\nbmc: {agent: redfish, address: 10.0.9.11}\n");

const flushed = "name: hv1\nstate: flushed\n";

const uuids = {
  own: "00112233-4455-6677-8899-aabbccddee01",
  other: "00112233-4455-6677-8899-aabbccddee02",
};

/** hv1 has a device that tells no UUID. */
async function openBench(test: TestContext) {
  const agent = new FakeAgent(folderOf(test), { takes: ["ssl_insecure"] });
  const env = { KEEL_FENCE_AGENTS: agent.folder };
  const bench = await Bench.open();
  test.after(() => bench[Symbol.asyncDispose]());
  await writeSmallCluster(bench);
  await bench.write("lab.yaml", withDevice);
  await bench.keel("apply -y", { env });
  return { bench, agent, env };
}

/** The same, flushed, so that it may be powered off. */
async function openFlushed(test: TestContext) {
  const { bench, agent, env } = await openBench(test);
  await bench.write("lab.yaml", withDevice.replace("name: hv1\n", flushed));
  await bench.keel("apply -y", { env });
  const cycle = (when?: CommandOptions["when"]) =>
    bench.keel("fence test hv1 --bind", { env, answer: "hv1", ...(when && { when }) });
  return { bench, agent, env, cycle };
}

/** hv1's device tells that it switches the machine `told`; hv1 tells that it is `own`. */
async function openTelling(test: TestContext, told: string, own: string) {
  const { bench, agent, env } = await openFlushed(test);
  const certificate = await new Authority(folderOf(test)).sign("bmc");
  const account = { user: "fence", password: "" };
  const service = await RedfishService.start({ certificate, ...account, systems: { one: told } });
  test.after(() => service.close());
  const place = `address: 127.0.0.1, port: ${service.port}`;
  const bmc = `bmc: {agent: redfish, ${place}, user: fence, options: {ssl_insecure: "1"}}`;
  await bench.write("lab.yaml", labYaml.replace("name: hv1\n", `${flushed}${bmc}\n`));
  const { exit, text } = await bench.keel("apply -y", { env });
  assert.equal(exit, 0, text);
  await live(bench, { systemUuid: own });
  return { bench, agent, env };
}

/** From now on hv1 lives so. */
async function live(bench: Bench, change: Partial<Alive>): Promise<void> {
  const { keys } = bench.cluster;
  const store = bench.cluster.client();
  const item = (await store.get(keys.alive("hv1"))) ?? assert.fail("hv1 does not live");
  const put = { put: keys.alive("hv1"), value: encode({ ...decode<Alive>(item), ...change }) };
  const { revision } = await store.transact({ compare: [], then: [put] });
  await bench.cluster.feed.reached(revision, never);
}

/** hv1 goes off now, and is up again after `ms`. */
function restart({ cluster, clock }: Bench, ms: number): void {
  cluster.powerOff("hv1");
  clock.timer(ms, () => cluster.boot("hv1"));
}

function switched({ actions }: FakeAgent): readonly string[] {
  return actions.filter((action) => action !== "status");
}

async function isBound(bench: Bench): Promise<boolean> {
  return (await bench.cluster.client().get(bench.cluster.keys.boundByHand("hv1"))) !== null;
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
    assert.deepEqual(switched(agent), []);
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
    assert.deepEqual(switched(agent), []);
  });

  it("does not cycle the machine that it runs on: nobody would power it on again", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    await live(bench, { bootId: await readBootId() });
    const { err, exit } = await cycle();
    assert.equal(exit, 1);
    assert.match(err, /this command runs on that very machine/);
    assert.deepEqual(switched(agent), []);
  });

  it("does not cycle a node without which the store would have no quorum, asked before and after the answer", async (test) => {
    const { bench, agent, env } = await openFlushed(test);
    const member = (host: string, problem: string | null) => {
      return { id: host, name: host, endpoint: host, hosts: [host], leader: false, learner: false, problem };
    };
    const problems: (string | null)[] = ["no answer", null, "no answer"];
    const maintenance = bench.cluster.maintenance();
    const { status } = maintenance;
    maintenance.status = async () => {
      const members = [member("hv1", null), member("hv2", null), member("hv3", problems.shift() ?? null)];
      return { ...(await status.call(maintenance)), members };
    };
    for (const problemsLeft of [2, 0]) {
      const { err, exit } = await bench.keel("fence test hv1 --bind", { env, answer: "hv1", maintenance });
      assert.match(err, /the store would lose its quorum with it/);
      assert.equal(exit, 1);
      assert.equal(problems.length, problemsLeft);
    }
    assert.deepEqual(switched(agent), []);
  });

  it("binds by a power cycle that the node comes back from in a new boot", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    const { out, err, exit } = await cycle([/it read off twice/, async () => restart(bench, 60_000)]);
    assert.match(
      err,
      /powering hv1 off\nit read off twice; waiting until hv1 falls silent.*\nhv1 is silent; powering it on\n/,
    );
    assert.match(out, /bound to node\/hv1 by a power cycle since/);
    assert.equal(exit, 0);
    assert.deepEqual(switched(agent), ["off", "on"]);
  });
});

describe("keel fence test --bind, of devices that are not the node's", { timeout: 120_000 }, () => {
  it("binds nothing where the node lives on while they read off, and powers them on again", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    const { err, exit } = await cycle();
    assert.match(
      err,
      /redfish 10\.0\.9\.11 switches another machine than hv1, or not all of its power: hv1 lives on in the same boot/,
    );
    assert.match(err, /nothing was bound, and what was off was powered on again/);
    assert.equal(exit, 1);
    assert.deepEqual(switched(agent), ["off", "on"]);
    assert.equal(agent.power, "on");
    assert.equal(await isBound(bench), false);
  });

  it("says so where they cannot be powered on again", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    const stuck = async () => agent.mood('[ "$action" = on ] && exit 1');
    const { err, exit } = await cycle([/it read off twice/, stuck]);
    assert.match(err, /nothing was bound, and it could not be powered on again: a device still reads off/);
    assert.equal(exit, 1);
    assert.equal(await isBound(bench), false);
  });

  it("powers them on again also where they were not proven off", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    const fickle = async () =>
      agent.mood('[ "$action" = off ] && { echo off > power; echo "exit 1" > mood; }');
    const { err } = await cycle([/Type hv1 to go on/, fickle]);
    assert.match(err, /nothing was bound, and it could not be powered on again: redfish/);
    assert.equal(await isBound(bench), false);
  });

  it("binds nothing where the node was restarted by another way while they read off", async (test) => {
    for (const bootMs of [0, 5_000, 12_000]) {
      const { bench, agent, cycle } = await openFlushed(test);
      const { err, exit } = await cycle([/it read off twice/, async () => restart(bench, bootMs)]);
      assert.match(err, /hv1 began another boot while redfish 10\.0\.9\.11 read off; nothing was bound/, err);
      assert.equal(exit, 1);
      assert.deepEqual(switched(agent), ["off", "on"]);
      assert.equal(await isBound(bench), false);
    }
  });

  it("binds nothing where the node comes back in the boot that it had", async (test) => {
    const { bench, cycle } = await openFlushed(test);
    const stutter = async (): Promise<void> => {
      bench.cluster.kill("heartbeat/hv1");
      bench.clock.timer(60_000, () => bench.cluster.startPart("hv1", "heartbeat"));
    };
    const { err, exit } = await cycle([/it read off twice/, stutter]);
    assert.match(err, /hv1 is silent; powering it on/);
    assert.match(err, /hv1 lives on in the same boot/);
    assert.equal(exit, 1);
    assert.equal(await isBound(bench), false);
  });

  it("binds nothing where its devices were edited meanwhile", async (test) => {
    const { bench, env, cycle } = await openFlushed(test);
    const edited = withDevice.replace("10.0.9.11", "10.0.9.12").replace("name: hv1\n", flushed);
    const edit = async (): Promise<void> => {
      restart(bench, 60_000);
      await bench.write("lab.yaml", edited);
      await bench.keel("apply -y", { env });
    };
    const { err, exit } = await cycle([/it read off twice/, edit]);
    assert.match(err, /its `bmc` was edited meanwhile/);
    assert.equal(exit, 1);
    assert.equal(await isBound(bench), false);
  });

  it("switches nothing where the node began another life before the answer", async (test) => {
    const { bench, agent, cycle } = await openFlushed(test);
    const { err, exit } = await cycle([/Type hv1 to go on/, () => live(bench, { bootId: "another" })]);
    assert.match(err, /it began another life meanwhile/);
    assert.equal(exit, 1);
    assert.deepEqual(switched(agent), []);
  });

  it("takes no word for a life that is over by then", async (test) => {
    const { bench, env } = await openBench(test);
    const { err, exit } = await bench.keel("fence test hv1 --bind --word", {
      env,
      answer: "hv1",
      when: [/for certain/, () => live(bench, { bootId: "another" })],
    });
    assert.match(err, /it began another life, or something else was applied, meanwhile/);
    assert.equal(exit, 1);
    assert.equal(await isBound(bench), false);
  });

  for (const way of ["--bind", "--bind --word"]) {
    it(`asks nobody and switches nothing where one tells another machine's UUID: ${way}`, async (test) => {
      const { bench, agent, env } = await openTelling(test, uuids.other, uuids.own);
      const { err, exit } = await bench.keel(`fence test hv1 ${way}`, { env, answer: "hv1" });
      assert.match(err, new RegExp(`switches another machine: ${uuids.other}, not ${uuids.own}`, "u"));
      assert.doesNotMatch(err, /Type hv1/);
      assert.equal(exit, 1);
      assert.deepEqual(switched(agent), []);
      assert.equal(await isBound(bench), false);
    });

    it(`asks nobody and switches nothing where one reads off, or tells nothing: ${way}`, async (test) => {
      const { bench, agent, env } = await openFlushed(test);
      agent.power = "off";
      const off = await bench.keel(`fence test hv1 ${way}`, { env, answer: "hv1" });
      assert.match(off.err, /redfish 10\.0\.9\.11 reads off, and the node lives/);
      agent.mood("echo 'Connection timed out' >&2; exit 1");
      const silent = await bench.keel(`fence test hv1 ${way}`, { env, answer: "hv1" });
      assert.match(silent.err, /redfish 10\.0\.9\.11: 10\.0\.9\.11 does not answer/);
      assert.doesNotMatch(off.err + silent.err, /Type hv1/);
      assert.deepEqual([off.exit, silent.exit], [1, 1]);
      assert.deepEqual(switched(agent), []);
      assert.equal(await isBound(bench), false);
    });
  }

  it("takes a person's word where they tell the machine's own", async (test) => {
    const { bench, env } = await openTelling(test, uuids.own, uuids.own);
    const { out } = await bench.keel("fence test hv1 --bind --word", { env, answer: "hv1" });
    assert.match(out, new RegExp(`on, ${uuids.own}, this machine`, "u"));
    assert.ok(await isBound(bench));
  });
});

describe("keel fence rehearse", { timeout: 120_000 }, () => {
  it("says whether there would be proof, and what would become of the VMs", async (test) => {
    const { bench, agent, env } = await openBench(test);
    const unproven = await bench.keel("fence rehearse hv1", { env });
    assert.match(unproven.out, /there would be no proof: not bound/);
    assert.match(
      unproven.out,
      /until `keel node confirm-dead hv1`\. Were it proven dead now:\n {2}\w+ starts on hv\d/,
    );
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

  it("says what keeps it from being fenced, and what keeps its devices from being used", async (test) => {
    const { bench, env } = await openBench(test);
    await bench.keel("fence test hv1 --bind --word", { env, answer: "hv1" });
    await bench.write("lab.yaml", withDevice.replace("name: lab\n", "name: lab\nfencing: {methods: []}\n"));
    await bench.keel("apply -y", { env });
    await bench.keel("maintenance on --node hv1 --reason disks -y", { env });
    const { out } = await bench.keel("fence rehearse hv1", { env });
    assert.match(out, /If hv1 were lost now, it would not be fenced: maintenance is on\./);
    const refusal = "`fencing.methods` does not let a power controller prove anything";
    assert.ok(out.includes(`If hv1 were lost now, there would be no proof: ${refusal}.`), out);
    assert.match(out, /web1 starts nowhere: [^]*nothing is taken over while maintenance is on/);
    const tested = await bench.keel("fence test hv1", { env });
    assert.ok(tested.out.includes(`A fence would prove nothing: ${refusal}.`), tested.out);
    assert.equal(tested.exit, 1);
  });

  it("asks the devices that a node was last alive with", async (test) => {
    const { bench, env } = await openBench(test);
    await bench.keel("fence test hv1 --bind --word", { env, answer: "hv1" });
    bench.cluster.powerOff("hv1");
    await bench.clock.advance(20_000);
    await bench.write("lab.yaml", withDevice.replace("10.0.9.11", "10.0.9.77"));
    await bench.keel("apply -y", { env });
    const asked = async () => {
      const { power } = (await bench.data("fence rehearse hv1", { env })) as Rehearsal;
      return power?.devices.map(({ device }) => device);
    };
    assert.deepEqual(await asked(), ["redfish 10.0.9.11"]);
    await bench.write("lab.yaml", labYaml);
    await bench.keel("apply -y", { env });
    assert.deepEqual(await asked(), ["redfish 10.0.9.11"], "a device that was taken out still proves");
    assert.deepEqual(((await bench.data("status")) as StatusReport).unprovable, ["hv2", "hv3"]);
  });

  it("names the VMs that would run nowhere", async (test) => {
    const { bench, env } = await openBench(test);
    await bench.write("pin.yaml", "kind: VM\nname: pin1\nmemory: 1GiB\nlimits: [hv1]\n");
    await bench.keel("apply -y", { env });
    const { out } = await bench.keel("fence rehearse hv1", { env });
    assert.match(out, /pin1 starts nowhere: /);
    assert.doesNotMatch(out, /it would not be fenced/);
    await bench.keel("vm shutdown web1 -y --wait", { env });
    const nothing = await bench.keel("fence rehearse hv1", { env });
    assert.match(nothing.out, /it would not be fenced: no VM of it could start elsewhere\./);
  });

  it("tells of a node without devices", async (test) => {
    const { bench, env } = await openBench(test);
    const { out } = await bench.keel("fence rehearse hv2", { env });
    assert.match(out, /node\/hv2 has no power devices/);
    assert.match(out, /no proof: it has no `bmc`/);
  });
});
