import assert from "node:assert/strict";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { exitCodes } from "../../../reconciler/model/errors.ts";
import { runKeel, temporaryFolder } from "../run-keel.ts";

const xml = `<domain type='kvm' id='3'>\r
  <name>Web_1</name><uuid>7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001</uuid>
  <memory unit='MiB'>512</memory><vcpu>2</vcpu><os><type>hvm</type></os>
  <devices><disk type='file'><source file='/vms/web.qcow2'/><target dev='vda'/></disk>
  <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/></interface></devices>
</domain>
`;

async function folder(test: TestContext): Promise<string> {
  const cwd = await temporaryFolder(test);
  await mkdir(join(cwd, "cluster.d"));
  await writeFile(join(cwd, "cluster.d", "nodes.yaml"), "kind: Node\nname: hv1\n");
  await writeFile(join(cwd, "dump.xml"), xml);
  return cwd;
}

describe("keel import", () => {
  it("writes documents that are valid, and the XML to the character", async (test) => {
    const cwd = await folder(test);
    const { exit, err } = await runKeel(["import", "dump.xml", "--node", "hv1"], { cwd });
    assert.deepEqual([exit, err], [exitCodes.ok, ""]);
    assert.equal(await readFile(join(cwd, "cluster.d/web-1.xml"), "utf8"), xml);
    const yaml = await readFile(join(cwd, "cluster.d/web-1.yaml"), "utf8");
    for (const line of [/^state: disabled$/m, /^node: hv1$/m, /^bridge: br0$/m, /name: Web_1/])
      assert.match(yaml, line);
    assert.equal((await runKeel(["validate"], { cwd })).exit, exitCodes.ok);
  });

  it("overwrites nothing, and writes nothing where one of several is refused", async (test) => {
    const cwd = await folder(test);
    await writeFile(join(cwd, "bad.xml"), "<domain>");
    const bad = await runKeel(["import", "dump.xml", "bad.xml"], { cwd });
    assert.equal(bad.exit, exitCodes.error);
    assert.match(
      bad.err,
      /^bad\.xml:1:1 domain\.xml-malformed .*never closed[^]*Importing bad\.xml was refused/,
    );
    assert.deepEqual(await readdir(join(cwd, "cluster.d")), ["nodes.yaml"]);
    assert.equal((await runKeel(["import", "dump.xml"], { cwd })).exit, exitCodes.ok);
    const again = await runKeel(["import", "dump.xml"], { cwd });
    assert.equal(again.exit, exitCodes.error);
    assert.match(again.err, /a VM named web-1 already/);
  });

  it("refuses a domain whose UUID is that of another VM", async (test) => {
    const cwd = await folder(test);
    assert.equal((await runKeel(["import", "dump.xml"], { cwd })).exit, exitCodes.ok);
    await writeFile(join(cwd, "clone.xml"), xml.replace("Web_1", "clone"));
    const { exit, err } = await runKeel(["import", "clone.xml"], { cwd });
    assert.equal(exit, exitCodes.error);
    assert.match(err, /its UUID 7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001 is that of the VM web-1/);
  });

  it("says which node's libvirt does not answer, and writes nothing", async (test) => {
    const cwd = await folder(test);
    const uri = `qemu+unix:///system?socket=${join(cwd, "nothing")}`;
    const { exit, err } = await runKeel(["import", "--libvirt", uri], { cwd });
    assert.equal(exit, exitCodes.error);
    assert.match(err, /Importing the domains of hv1/);
    assert.deepEqual(await readdir(join(cwd, "cluster.d")), ["nodes.yaml"]);
  });

  it("takes a network that is defined for its bridge", async (test) => {
    const cwd = await folder(test);
    const network = "kind: Network\nname: servers\ntype: bridge\nbridge: br0\n";
    await writeFile(join(cwd, "cluster.d", "network.yaml"), network);
    assert.equal((await runKeel(["import", "dump.xml"], { cwd })).exit, exitCodes.ok);
    const yaml = await readFile(join(cwd, "cluster.d/web-1.yaml"), "utf8");
    assert.match(yaml, /network: servers/);
    assert.doesNotMatch(yaml, /kind: Network/);
  });
});
