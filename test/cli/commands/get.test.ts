import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { VmReport } from "../../../reconciler/model/report.ts";
import { Bench } from "../bench.ts";
import { labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

/** One VM away from home, one orphan whose network is gone, one that is held, one node flushed. */
async function busyCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.write("base.yaml", "kind: Profile\nname: base\nmemory: 1GiB\npriority: low\n");
  await bench.write(
    "app.yaml",
    "kind: VM\nname: app1\nprofiles: [base]\nlimits: [hv2]\nautorestart: false\n",
  );
  await bench.keel("apply -y");
  await bench.write("lab.yaml", labYaml.replace("name: hv2\n", "name: hv2\nstate: flushed\n"));
  await bench.keel("apply -y");
  return bench;
}

describe("keel get", () => {
  it("lists each kind, in short, in wide, and all objects at once", async () => {
    await using bench = await busyCluster();
    assertTranscript(
      "get",
      await bench.keel("get vms"),
      await bench.keel("get vms -o wide"),
      await bench.keel("get nodes"),
      await bench.keel("get nodes -o wide"),
      await bench.keel("get networks -o wide"),
      await bench.keel("get pools -o wide"),
      await bench.keel("get profiles -o wide"),
      await bench.keel("get steps"),
      await bench.keel("get all"),
      await bench.keel("get all -o name"),
    );
  });

  it("marks networks that no document defines, by sign and in red", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    await bench.write("lab.yaml", labYaml.replace("name: servers", "name: lan"));
    await bench.write("web.yaml", webYaml.replaceAll("network: servers", "network: lan"));
    await bench.keel("apply -y");
    const { desired } = bench.cluster.feed.state;
    Object.assign(desired, { networks: new Map() });
    const { out } = await bench.keel("get vm web1");
    assert.match(out, / !lan /);
    const { out: coloured } = await bench.keel("get vm web1", { colour: true });
    assert.match(coloured, /\u001B\[31m\u001B\[1m!lan\u001B\[22m\u001B\[39m/);
  });

  it("takes names, singular and plural kinds, and kinds in front of names", async () => {
    await using bench = await busyCluster();
    for (const line of ["get vm web1 db1", "get vms web1 db1", "get VM vm/web1 vm/db1", "get vm/web1 db1"]) {
      assert.equal((await bench.keel(`${line} -o name`)).out, "vm/web1\nvm/db1\n", line);
    }
    assert.equal((await bench.keel("get storagepool -o name")).out, "pool/default\n");
  });

  it("writes JSON and YAML with the fields of the simulator's results", async () => {
    await using bench = await busyCluster();
    const { items } = (await bench.data("get vms")) as { items: readonly VmReport[] };
    const web2 = { kind: "VM", name: "web2", state: "running", node: "hv1", home: "hv2", displaced: "flush" };
    assert.partialDeepStrictEqual(
      items.find(({ name }) => name === "web2"),
      web2,
    );
    const { out: yaml } = await bench.keel("get vms -o yaml");
    assert.match(yaml, /^items:\n {2}- kind: VM\n {4}name: app1\n {4}state: held\n/);
  });

  it("writes times as RFC 3339 in UTC", async () => {
    await using bench = await busyCluster();
    const { out: held } = await bench.keel("get vm app1 -o json");
    assert.match(held, /"since": "2026-01-01T00:00:\d\d(\.\d+)?Z"/);
    const { out: nodes } = await bench.keel("get nodes -o json");
    assert.match(nodes, /"readAt": "2026-01-01T00:00:\d\d(\.\d+)?Z"/);
  });

  it("leaves out the titles where they are not wanted", async () => {
    await using bench = await busyCluster();
    const { out } = await bench.keel("get networks --no-headers");
    assert.equal(out, "servers  bridge  br0        -    2\n");
  });

  it("cuts rows to the width of a terminal, and to nothing else", async () => {
    await using bench = await busyCluster();
    const { out: onTerminal } = await bench.keel("get vms -o wide", { tty: true });
    for (const line of onTerminal.split("\n")) assert.ok(line.replaceAll(/\u001B\[\d+m/g, "").length <= 80);
    const { out: piped } = await bench.keel("get vms -o wide");
    assert.ok(piped.split("\n").some((line) => line.length > 80));
  });

  it("suggests a name for one that it does not know", async () => {
    await using bench = await busyCluster();
    assertTranscript(
      "get-unknown",
      await bench.keel("get vm wbe1"),
      await bench.keel("get vmz"),
      await bench.keel("get vms -o xml"),
    );
  });

  it("says where there is nothing", async () => {
    await using bench = await Bench.open();
    const { out, err, exit } = await bench.keel("get vms");
    assert.match(err, /There are no vms here\./);
    assert.equal(out, "");
    assert.equal(exit, 0);
  });

  it("goes on with --watch, and writes what has changed", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.keel("apply -y");
    const crash = async () => {
      bench.cluster.machine("hv1").crash("web1");
      await bench.clock.advance(30_000);
    };
    const table = await bench.keel("get vms --watch", {
      when: [/web2/, crash],
      interruptAt: /starting[^]*web1 +running/,
    });
    assert.equal(table.exit, 130);
    assert.equal(table.out.match(/^NAME/gm)?.length, 1);
    assert.deepEqual(statesOf(table.out, "web1"), ["running", "stopped", "unknown", "starting", "running"]);
    assert.deepEqual(statesOf(table.out, "db1"), ["running"]);
    const json = await bench.keel("get vms --watch -o json", {
      when: [/web2/, crash],
      interruptAt: /starting[^]*"name":"web1","state":"running"/,
    });
    const items = json.out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as VmReport);
    const states = items.filter(({ name }) => name === "web1").map(({ state }) => state);
    assert.deepEqual([...new Set(states)], ["running", "stopped", "unknown", "starting"]);
  });
});

/** The states of one VM, in the order of its rows, each once in a row. */
function statesOf(table: string, vm: string): readonly string[] {
  const states = [...table.matchAll(new RegExp(`^${vm} +(\\S+)`, "gm"))].map((match) => match[1] ?? "");
  return states.filter((state, index) => state !== states[index - 1]);
}
