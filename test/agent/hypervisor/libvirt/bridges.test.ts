import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { bridgesIn } from "../../../../agent/hypervisor/libvirt/bridges.ts";

describe("bridgesIn", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "keel-net-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("names the interfaces that are bridges, and no others", async () => {
    for (const path of ["lan/bridge", "br0/bridge", "eth0/statistics", "tap3/brport"]) {
      await mkdir(join(folder, path), { recursive: true });
    }
    assert.deepEqual(await bridgesIn(folder), ["br0", "lan"]);
  });

  it("knows of none where there are none, and says nothing where the kernel does not tell", async () => {
    assert.deepEqual(await bridgesIn(await mkdtemp(join(folder, "empty-"))), []);
    assert.equal(await bridgesIn(join(folder, "nowhere")), null);
  });
});
