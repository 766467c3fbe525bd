import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { imagesOf } from "../../../../reconciler/control/fence/images-of.ts";
import { ModelCluster, node, vm, vmId } from "../../../support/plan/model-cluster.ts";

const pools = [
  { kind: "StoragePool", name: "fast", type: "rbd" },
  { kind: "StoragePool", name: "default", type: "dir", shared: true },
] as const;
const root = { name: "root", volume: "fast/web-root", size: "1GiB" };
const data = { name: "data", volume: "fast/web-data", size: "1GiB" };
const scratch = { name: "scratch", volume: "default/web-scratch", size: "1GiB" };

/** `web` has run with all of its disks. */
function hasRun(): ModelCluster {
  const disks = [root, data, scratch];
  const cluster = new ModelCluster([...pools, node("hv1"), vm("web", { disks })]);
  for (const { volume: name } of disks) {
    const [pool = "", volume = ""] = name.split("/");
    cluster.volumes.set(name, { pool, volume, vm: "web", born: 1, node: null });
  }
  return cluster;
}

describe("the images that a VM may have open", () => {
  it("are its disks in shared stores", () => {
    assert.deepEqual(imagesOf(hasRun(), "web"), ["fast/web-root", "fast/web-data"]);
  });

  it("are those too that its document has no more", () => {
    const cluster = hasRun().edit(vmId("web"), { disks: [root] });
    assert.deepEqual(imagesOf(cluster, "web"), ["fast/web-root", "fast/web-data"]);
  });

  it("are the same where the document is gone, or has another name", () => {
    const cluster = hasRun().remove(vmId("web"));
    cluster.put(vm("shop", { disks: [root], renamedFrom: "web" }));
    assert.deepEqual(imagesOf(cluster, "web"), ["fast/web-root", "fast/web-data"]);
  });
});
