import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { assertTranscript } from "../../golden.ts";
import { appliedBench } from "../../verb-bench.ts";

describe("keel vm list", () => {
  it("lists those that fit everything that is said, or the others", async () => {
    await using bench = await appliedBench();
    const names = async (line: string) => {
      const { out } = await bench.keel(`vm list -o name ${line}`.trim());
      return out.trim().split("\n");
    };
    assert.deepEqual(await names(""), ["vm/db1", "vm/web1", "vm/web2"]);
    assert.deepEqual(await names("--tag shop"), ["vm/web1", "vm/web2"]);
    assert.deepEqual(await names("--tag shop --node hv1"), ["vm/web1"]);
    assert.deepEqual(await names("--tag shop --node hv1 --negate"), ["vm/db1", "vm/web2"]);
    assert.deepEqual(await names("--limit hv2"), ["vm/web1", "vm/web2"]);
    assertTranscript(
      "vm-list",
      await bench.keel("vm list --tag shop"),
      await bench.keel("vm list --node hv1 --negate -o wide"),
      await bench.keel("network list"),
      await bench.keel("profile list"),
    );
    const none = await bench.keel("vm list --state held");
    assert.match(none.err, /There are no vms that fit\./);
    assert.equal(none.exit, 0);
  });

  it("shows tables and one object as `get` and `describe` do", async () => {
    await using bench = await appliedBench();
    assert.equal((await bench.keel("vm list")).out, (await bench.keel("get vms")).out);
    assert.equal((await bench.keel("node list")).out, (await bench.keel("get nodes")).out);
    assert.equal((await bench.keel("network list")).out, (await bench.keel("get networks")).out);
    assert.equal((await bench.keel("vm info db1")).out, (await bench.keel("describe vm/db1")).out);
    assert.equal((await bench.keel("node info hv1")).out, (await bench.keel("describe node/hv1")).out);
    const unknown = await bench.keel("vm info web3");
    assert.match(unknown.err, /There is no vm named web3 \(did you mean web\d\?\)/);
  });
});

describe("keel status", () => {
  it("tells of a flush that goes on, of holds, of what is blocked and of what waits for a restart", async () => {
    const app = "kind: VM\nname: app1\nmemory: 1GiB\nnode: hv2\nlimits: [hv2]\nautorestart: false\n";
    await using bench = await appliedBench({ "app.yaml": app });
    const well = await bench.keel("status");
    await bench.write(
      "db.yaml",
      "kind: VM\nname: db1\nmemory: 4GiB\ncpus: 7\nlimits: [hv1, hv3]\ndisks: [{name: root, size: 40GiB}]\npriority: high\n",
    );
    await bench.keel("apply -y");
    bench.cluster.network.habits.setMigration("web2", "hang");
    await bench.keel("node flush hv2 -y --no-wait");
    await bench.clock.advance(9_000);
    assertTranscript(
      "status",
      well,
      await bench.keel("status"),
      await bench.keel("get nodes"),
      await bench.keel("get vms"),
      await bench.keel("node info hv2"),
    );
  });
});
