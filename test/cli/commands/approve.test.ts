import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encode } from "../../../reconciler/store/codec.ts";
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

  it("is listed until it is used, and can be taken back until then", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    await bench.keel("approve vm/db1 --destroy --disks root");
    await bench.clock.advance(60_000);
    const listed = await bench.keel("get requests");
    const withdrawn = await bench.keel("approve --withdraw vm/db1");
    const again = await bench.keel("approve --withdraw vm/db1");
    const mixed = await bench.keel("approve --withdraw --destroy vm/db1");
    assertTranscript("approve-withdraw", listed, withdrawn, again, mixed);
    assert.equal((await bench.keel("apply -y")).exit, 3);
  });

  it("tells programs which VM and which disks are meant", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    await bench.keel("approve vm/db1 --destroy --disks root");
    const { items } = (await bench.data("get requests")) as { items: Record<string, unknown>[] };
    const uuid = bench.cluster.feed.state.identities.get("db1")?.uuid;
    const { name, request, object, by, disks } = items[0] ?? {};
    assert.deepEqual(
      { name, request, object, by, disks, uuid: items[0]?.["uuid"] },
      { name: "destroy-db1", request: "destroy", object: "VM/db1", by: "root", disks: ["root"], uuid },
    );
    assert.ok(uuid);
  });

  it("is void after an hour, and is taken away then", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    await bench.keel("approve vm/db1 --destroy");
    await bench.clock.advance(3_599_000);
    assert.equal(bench.cluster.feed.state.requests.size, 1);
    await bench.clock.advance(2_000);
    assert.equal(bench.cluster.feed.state.requests.size, 0);
    assert.match((await bench.keel("events")).out, /what root asked for at .* was not used in time: destroy/);
    assert.equal((await bench.keel("apply -y")).exit, 3);
  });

  it("is of this VM, and not of the next one of its name", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", `${dbYaml}state: absent\n`);
    await bench.keel("approve vm/db1 --destroy");
    const kept = bench.cluster.feed.state.requests.get("destroy-db1");
    assert.ok(kept);
    await bench.keel("apply -y");
    await bench.write("db.yaml", dbYaml.replace("name: root", "name: other"));
    await bench.keel("apply -y");
    const store = bench.cluster.client();
    const { revision: _, ...request } = kept;
    const put = { put: bench.cluster.keys.request(kept.id), value: encode(request) };
    await store.transact({ compare: [], then: [put] });
    await bench.write("db.yaml", `${dbYaml.replace("name: root", "name: other")}state: absent\n`);
    assert.equal((await bench.keel("apply -y")).exit, 3);
    await store.close();
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
