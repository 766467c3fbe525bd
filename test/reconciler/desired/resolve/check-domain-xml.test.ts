import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { loadFolder } from "../../../../reconciler/desired/load-folder.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const uuid = "7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001";

function xml(inner: string): string {
  return `<domain type='kvm'>\n${inner}\n</domain>\n`;
}

/** `file:line:column code` of each issue. */
async function issuesOf(files: Readonly<Record<string, string>>, options = {}): Promise<readonly string[]> {
  await using folder = await temporaryFolder(files);
  const result = await loadFolder(folder.path, { host: "box", ...options });
  const issues = result.ok ? result.warnings : result.issues;
  return issues.map(({ file, line, column, code }) => `${file}:${String(line)}:${String(column)} ${code}`);
}

const vm = (name: string, rest = "") =>
  `kind: VM\nname: ${name}\nmemory: 1GiB\ndomain: {xml: ${name}.xml}\n${rest}`;

describe("a domain.xml among others", () => {
  it("may be as plain as it likes", async () => {
    assert.deepEqual(await issuesOf({ "a.yaml": vm("a"), "a.xml": xml("") }), []);
  });

  it("has a UUID of its own", async () => {
    const files = { "a.yaml": vm("a"), "b.yaml": vm("b"), "a.xml": xml(`<uuid>${uuid}</uuid>`) };
    const found = await issuesOf({
      ...files,
      "b.xml": xml(`<name>b</name><uuid>${uuid.toUpperCase()}</uuid>`),
    });
    assert.deepEqual(found, ["b.xml:2:16 domain.uuid-used-twice"]);
  });

  it("has disks and addresses of its own, also beside the fields of other VMs", async () => {
    const disk = (file: string) => `<disk type='file'><source file='${file}'/><target dev='vda'/></disk>`;
    const other =
      'kind: VM\nname: other\nmemory: 1GiB\ndisks: [{name: root, file: /x.img}]\nnics: [{name: eth0, network: lan, mac: "52:54:00:00:00:01"}]\n---\nkind: Network\nname: lan\ntype: bridge\nbridge: br0\n';
    const found = await issuesOf({
      "z.yaml": vm("z"),
      "z.xml": xml(
        `<devices>${disk("/x.img")}\n<interface type='user'><mac address='52:54:00:00:00:01'/></interface></devices>`,
      ),
      "other.yaml": other,
    });
    assert.deepEqual(found, ["z.xml:2:42 volume.used-twice", "z.xml:3:38 mac.used-twice"]);
  });

  it("may name what its own document names", async () => {
    const rest = "disks: [{name: root, file: /x.img}]\n";
    const disk = "<disk type='file'><source file='/x.img'/><target dev='vda'/></disk>";
    assert.deepEqual(
      await issuesOf({ "a.yaml": vm("a", rest), "a.xml": xml(`<devices>${disk}</devices>`) }),
      [],
    );
  });

  it("takes a volume's file for the volume", async () => {
    const pool = "kind: StoragePool\nname: vms\ntype: dir\npath: /srv/vms\n";
    const other = "kind: VM\nname: other\nmemory: 1GiB\ndisks: [{name: root, volume: vms/x, size: 1GiB}]\n";
    const disk = "<disk type='file'><source file='/srv/vms/x.qcow2'/><target dev='vda'/></disk>";
    const files = { "p.yaml": pool, "other.yaml": other, "z.yaml": vm("z"), "z.xml": xml(disk) };
    const found = await issuesOf({ ...files, "z.xml": xml(`<devices>${disk}</devices>`) });
    assert.deepEqual(found, ["z.xml:2:42 volume.used-twice"]);
  });

  it("counts UEFI's variables as a file that is written", async () => {
    const nvram = xml("<os><nvram>/var/x.fd</nvram></os>");
    const found = await issuesOf({ "a.yaml": vm("a"), "b.yaml": vm("b"), "a.xml": nvram, "b.xml": nvram });
    assert.deepEqual(found, ["b.xml:2:6 volume.used-twice"]);
  });

  it("is warned of where the document has the last word and does not say so", async () => {
    const found = await issuesOf({
      "a.yaml": vm("a"),
      "a.xml": xml("<vcpu>4</vcpu>\n<on_crash>preserve</on_crash>"),
    });
    assert.deepEqual(found, ["a.xml:2:2 domain.xml-overruled", "a.xml:3:2 domain.xml-overruled"]);
    const said = await issuesOf({ "a.yaml": vm("a", "cpus: 2\n"), "a.xml": xml("<vcpu>4</vcpu>") });
    assert.deepEqual(said, []);
  });

  it("is warned of once for each VM where libvirt's schema is not installed", async () => {
    const files = { "a.yaml": vm("a"), "a.xml": xml("<nonsense/>") };
    assert.deepEqual(await issuesOf(files, { domainSchema: () => null }), [
      "a.yaml:4:15 domain.xml-unchecked",
    ]);
  });

  it("stays used by its VM though it is warned of", async () => {
    const warned = xml(
      "<vcpu>4</vcpu><devices><disk type='file'><source file='/x'/><target dev='vda'/></disk></devices>",
    );
    const other = "kind: VM\nname: other\nmemory: 1GiB\ndisks: [{name: root, file: /x}]\n";
    const found = await issuesOf({ "a.yaml": vm("a"), "a.xml": warned, "b.yaml": other });
    assert.ok(found.includes("b.yaml:4:28 volume.used-twice"), found.join("\n"));
  });
});
