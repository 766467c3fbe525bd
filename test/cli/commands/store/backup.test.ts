import assert from "node:assert/strict";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../../reconciler/store/keys.ts";
import { startEmbedded } from "../../../support/etcd-embedded.ts";
import { Bench } from "../../bench.ts";
import { writeSmallCluster } from "../../documents.ts";

async function smallCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

describe("keel store backup, verify and restore", () => {
  it("writes a file for its owner alone, that verify finds whole", async () => {
    await using bench = await smallCluster();
    const { out, exit } = await bench.keel("store backup lab.backup");
    assert.equal(exit, 0);
    assert.match(out, /^Wrote lab\.backup: \d+ records of lab at revision \d+\.\n {2}sha256 [0-9a-f]{64}\n$/);
    assert.equal((await stat(join(bench.folder, "lab.backup"))).mode & 0o777, 0o600);
    const verified = await bench.keel("store verify lab.backup");
    assert.match(
      verified.out,
      /^lab\.backup: \d+ records, generation 1 with \d+ documents\.\nAll of it is whole\.\n$/,
    );
    assert.equal(verified.exit, 0);
    assert.equal((await bench.keel("store verify")).exit, 0, "the live store");
  });

  it("replaces no file unless told to", async () => {
    await using bench = await smallCluster();
    const path = join(bench.folder, "notes");
    await writeFile(path, "mine");
    const { err, exit } = await bench.keel("store backup notes");
    assert.match(err, /notes is there already/);
    assert.equal(exit, 1);
    assert.equal(await readFile(path, "utf8"), "mine");
    assert.equal((await bench.keel("store backup notes --force")).exit, 0);
    assert.equal((await bench.keel("store verify notes")).exit, 0);
  });

  it("says what is wrong with a file that was cut short or edited", async () => {
    await using bench = await smallCluster();
    await bench.keel("store backup lab.backup");
    const path = join(bench.folder, "lab.backup");
    const text = await readFile(path, "utf8");
    for (const [changed, why] of [
      [text.slice(0, text.length / 2), /it was cut short/],
      [text.replace("web1", "web9"), /it was changed after it was made/],
      ["hello\n", /line 1 is not JSON/],
    ] as const) {
      await writeFile(path, changed);
      for (const command of ["store verify lab.backup", "store restore lab.backup --into lab2 -y"]) {
        const { err, exit } = await bench.keel(command);
        assert.match(err, why);
        assert.match(err, /is not a backup as it was made/);
        assert.equal(exit, 1);
      }
    }
  });

  it("finds an object of the head missing, or changed", async () => {
    await using bench = await smallCluster();
    const store = bench.cluster.client();
    const { keys } = bench.cluster;
    const { items } = await store.list(keys.object(""));
    const [first, second] = items;
    assert.ok(first !== undefined && second !== undefined);
    await bench.keel("store backup before");
    await store.transact({
      compare: [],
      then: [{ delete: first.key }, { put: second.key, value: second.value.replace('"v":1', '"v":1 ') }],
    });
    const { items: broken } = await store.list(keys.root);
    const { verifyRecords } = await import("../../../../reconciler/control/verify-records.ts");
    const { problems } = verifyRecords(broken, keys);
    assert.equal(problems.length, 2);
    assert.match(problems.join("\n"), /it was changed/);
    assert.match(problems.join("\n"), /it is not there/);
    assert.equal((await bench.keel("store verify before")).exit, 0);
  });

  it("verifies the files of an embedded store that was ended", async (test) => {
    await using bench = await Bench.open();
    const server = await startEmbedded();
    test.after(() => server.close());
    const store = connectStore({ endpoints: [server.endpoint], clock: systemClock });
    await store.transact({ compare: [], then: [{ put: "key", value: "value" }] });
    await store.close();
    const running = await bench.keel(`store verify --directory ${server.directory}`);
    assert.match(running.out, /process \d+ serves it/);
    assert.equal(running.exit, 1);
    await server.kill();
    const ended = await bench.keel(`store verify --directory ${server.directory}`);
    assert.match(ended.out, /: sound: 1 key at revision 2\.\n$/);
    assert.equal(ended.exit, 0);
    const empty = await bench.keel("store verify --directory cluster.d");
    assert.match(empty.out, /there is no store in it/);
    assert.equal(empty.exit, 1);
  });

  it("restores only where it is meant, into a cluster without records, and says what comes next", async () => {
    await using bench = await smallCluster();
    await bench.keel("store backup lab.backup");
    assert.match((await bench.keel("store restore lab.backup")).err, /Say which cluster it becomes/);
    assert.match((await bench.keel("store restore lab.backup --into lab2")).err, /nobody is there to answer/);
    const there = await bench.keel("store restore lab.backup --into lab -y");
    assert.match(there.err, /it holds \d+ records of the cluster/);
    const { out, exit } = await bench.keel("store restore lab.backup --into lab2", { answer: "yes" });
    assert.equal(exit, 0);
    assert.match(out, /into cluster lab2\.\n.*frozen.*\nNext: .*keel store accept-restore\n$/);
    const store = bench.cluster.client();
    assert.equal(
      (await store.get(clusterKeys("lab2").head))?.value,
      (await store.get(bench.cluster.keys.head))?.value,
    );
    assert.match(
      (await bench.keel("store restore --into lab2 --clear -y")).err,
      /no restore is half done here/,
    );
  });

  it("takes no backup of a store that is being restored", async () => {
    await using bench = await smallCluster();
    const store = bench.cluster.client();
    await store.transact({
      compare: [],
      then: [{ put: bench.cluster.keys.restoring, value: "{}" }],
    });
    assert.match((await bench.keel("store backup lab.backup")).err, /a restore into this store is half done/);
  });
});
