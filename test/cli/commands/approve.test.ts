import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { dbYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

async function smallCluster(db = dbYaml): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.write("db.yaml", db);
  await bench.keel("apply -y");
  return bench;
}

describe("keel approve", () => {
  it("lets the plan destroy what its document wants absent, with the disks that are named", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    const approval = await bench.keel("approve vm/db1 --destroy --disks root");
    const planned = await bench.keel("plan");
    const applied = await bench.keel("apply -y");
    const after = await bench.keel("plan");
    assertTranscript("approve", approval, planned, applied, after);
    assert.deepEqual(bench.cluster.machine("hv3").active(), []);
  });

  it("is good for an hour, and is used once", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    const request = (await bench.data("approve vm/db1 --destroy")) as Record<"at" | "expiresAt", string>;
    assert.equal(Date.parse(request.expiresAt) - Date.parse(request.at), 3_600_000);
    await bench.keel("apply -y");
    assert.equal(bench.cluster.feed.state.requests.size, 0);
  });

  it("refuses a VM that is wanted, and one that nobody knows", async () => {
    await using bench = await smallCluster();
    const wanted = await bench.keel("approve vm/db1 --destroy");
    const unknown = await bench.keel("approve vm/dbl --destroy");
    const unsaid = await bench.keel("approve vm/db1");
    const node = await bench.keel("approve node/hv1 --destroy");
    assertTranscript("approve-refused", wanted, unknown, unsaid, node);
    assert.equal(bench.cluster.feed.state.requests.size, 0);
  });

  it("refuses an orphan: no document asks for it", async () => {
    await using bench = await smallCluster();
    await bench.remove("db.yaml");
    await bench.keel("apply -y");
    const { err, exit } = await bench.keel("approve vm/db1 --destroy");
    assert.match(err, /was refused: no document asks for it\./);
    assert.equal(exit, 1);
  });

  it("refuses a protected VM, also where the same edit takes the protection away", async () => {
    await using bench = await smallCluster(`${dbYaml}protect: true\n`);
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    const { err, exit } = await bench.keel("approve vm/db1 --destroy");
    assert.match(err, /was refused: `protect: true` stands\./);
    assert.equal(exit, 1);
  });

  it("refuses disks that the VM does not have, or has together with others", async () => {
    await using bench = await smallCluster(dbYaml.replace("size: 40GiB", "size: 40GiB, shared: true"));
    await bench.write(
      "db.yaml",
      `${dbYaml.replace("size: 40GiB", "size: 40GiB, shared: true")}state: absent\n`,
    );
    const missing = await bench.keel("approve vm/db1 --destroy --disks rot");
    assert.match(missing.err, /vm\/db1 has no disk named "rot"; it has root\./);
    assert.equal(missing.exit, 64);
    const shared = await bench.keel("approve vm/db1 --destroy --disks root");
    assert.match(shared.err, /its disk root is shared with other VMs/);
    assert.equal(shared.exit, 1);
  });
});
