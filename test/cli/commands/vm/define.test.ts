// Needs: virsh
import assert from "node:assert/strict";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { assertTranscript } from "../../golden.ts";
import { appliedBench, fileOf, placementOf, runOf, vmOf } from "../../verb-bench.ts";

const app = "# The new shop.\nkind: VM\nname: app1\nmemory:   1GiB   # for now\n";

describe("keel vm define", () => {
  it("takes a document as it is written, and starts the VM", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "app.yaml"), app);
    const { exit, text } = await bench.keel("vm define app.yaml -y --wait");
    assert.equal(exit, 0, text);
    assert.equal(await fileOf(bench, "vm-app1.yaml"), app);
    assert.notEqual(runOf(bench, "app1"), null);
    const again = await bench.keel("vm define app.yaml -y");
    assert.match(again.out, /The files say that already, and it is in force/);
  });

  it("stores nothing that is wrong or taken, and says where", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "bad.yaml"), app.replace("1GiB", "1"));
    const bad = await bench.keel("vm define bad.yaml -y");
    assert.match(bad.err, /vm-app1\.yaml:4:11[^]*Defining what bad\.yaml says was refused/);
    await writeFile(join(bench.folder, "web1.yaml"), app.replace("app1", "web1"));
    const taken = await bench.keel("vm define web1.yaml -y");
    assert.match(taken.err, /vm\/web1 is defined already in web\.yaml:1/);
    await writeFile(join(bench.folder, "node.yaml"), "kind: Node\nname: hv9\n");
    const node = await bench.keel("vm define node.yaml -y");
    assert.match(node.err, /it holds something else than VMs/);
    assert.deepEqual([bad.exit, taken.exit, node.exit], [1, 1, 1]);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 1);
  });

  it("gives them the fields that are said besides, and nothing else", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "app.yaml"), app);
    const line = "vm define app.yaml --node hv2 --limits hv2,hv3 --no-autorestart --tags shop -y";
    const { exit, text } = await bench.keel(line);
    assert.equal(exit, 0, text);
    const fields = "node: hv2\nlimits: [hv2, hv3]\nautorestart: false\ntags: [shop]\n";
    assert.equal(await fileOf(bench, "vm-app1.yaml"), app + fields);
    assert.equal(placementOf(bench, "app1")?.node, "hv2");
  });
});

const xml = `<domain type='kvm'>
  <name>app2</name>
  <memory unit='MiB'>512</memory>
  <vcpu>2</vcpu>
  <os><type>hvm</type></os>
  <devices>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface>
  </devices>
</domain>
`;

describe("keel vm define of a domain XML", () => {
  it("keeps the XML to the character, says in a document what it can, and starts nothing", async () => {
    await using bench = await appliedBench();
    await writeFile(join(bench.folder, "app2.xml"), xml);
    const defined = await bench.keel("vm define app2.xml --limits hv1,hv3", { answer: "yes" });
    assertTranscript("vm-define-xml", defined, await bench.keel("vm define app2.xml --limits hv1,hv3 -y"));
    assert.equal(await fileOf(bench, "vm-app2.xml"), xml);
    const vm = vmOf(bench, "app2");
    assert.deepEqual(
      [vm?.cpus, vm?.memoryBytes, vm?.state, vm?.limits, vm?.nics[0]?.network, vm?.domain.xml],
      [2, 512 * 1024 ** 2, "stopped", ["hv1", "hv3"], "servers", xml],
    );
    assert.equal(runOf(bench, "app2"), null);
    const start = await bench.keel("vm start app2 -y --wait");
    assert.equal(start.exit, 0, start.text);
    assert.notEqual(runOf(bench, "app2"), null);
  });

  it("names the place of each fault in the file as it was given, and stores nothing", async () => {
    await using bench = await appliedBench();
    const faults: Readonly<Record<string, string>> = {
      "open.xml": xml.replace("</os>", ""),
      "unit.xml": xml.replace("MiB", "MiBs"),
      "network.xml": "<network><name>app2</name></network>\n",
      "nameless.xml": xml.replace(/ *<name>.*\n/, ""),
    };
    const before = await readdir(join(bench.folder, "cluster.d"));
    const outcomes = [];
    for (const [file, text] of Object.entries(faults)) {
      await writeFile(join(bench.folder, file), text);
      outcomes.push(await bench.keel(`vm define ${file} -y`));
    }
    assertTranscript("vm-define-xml-refused", ...outcomes);
    assert.deepEqual(await readdir(join(bench.folder, "cluster.d")), before);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 1);
  });

  it("shows of a change of the XML the lines that differ, and of a long one the first", async () => {
    await using bench = await appliedBench();
    const devices = Array.from(
      { length: 20 },
      (_, index) => `    <input type='mouse' bus='virtio'/><!-- ${String(index)} -->`,
    );
    await writeFile(join(bench.folder, "app2.xml"), xml);
    await bench.keel("vm define app2.xml -y");
    await bench.write("vm-app2.xml", xml.replace("<type>", "<type arch='x86_64'>"));
    const short = await bench.keel("plan");
    const markdown = await bench.keel("plan -o markdown");
    await bench.write("vm-app2.xml", xml.replace("  <devices>", `  <devices>\n${devices.join("\n")}`));
    assertTranscript("plan-domain-xml", short, markdown, await bench.keel("plan"));
    const detail = await bench.keel("plan --detail");
    for (const device of devices) assert.ok(detail.out.includes(`    +${device}\n`), detail.out);
  });

  it("overwrites no file of the folder", async () => {
    await using bench = await appliedBench({ "vm-app2.yaml": "kind: VM\nname: other\nmemory: 1GiB\n" });
    await writeFile(join(bench.folder, "app2.xml"), xml);
    const taken = await bench.keel("vm define app2.xml -y");
    assert.match(taken.err, /there is a file vm-app2\.yaml already; nothing was changed/);
    await bench.remove("vm-app2.yaml");
    await bench.keel("apply -y");
    await bench.write("vm-app2.xml", "<domain/>");
    const attached = await bench.keel("vm define app2.xml -y");
    assert.match(attached.err, /vm-app2\.xml .*; nothing was changed/);
    assert.deepEqual([taken.exit, attached.exit], [1, 1]);
    assert.equal(await fileOf(bench, "vm-app2.xml"), "<domain/>");
  });
});
