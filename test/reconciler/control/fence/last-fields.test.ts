import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ClusterState } from "../../../../reconciler/control/cluster-state.ts";
import { type FenceDevices, kitOf } from "../../../../reconciler/control/fence/fence-device.ts";
import { kitInForce } from "../../../../reconciler/control/fence/last-fields.ts";
import { resolveNode } from "../../../../reconciler/desired/resolve/resolve-node.ts";
import type { Node } from "../../../../reconciler/model/desired.ts";

const { cluster } = new ClusterState("/").desired;

function nodeAt(name: string, address: string | null): Node {
  return resolveNode({ kind: "Node", name, ...(address !== null && { bmc: { agent: "ipmilan", address } }) });
}

/** Usable, by whatever device; which one it was asked for is remembered. */
function devices(asked: string[]): FenceDevices {
  const device = {
    name: "",
    read: () => assert.fail("read"),
    command: () => assert.fail("switched"),
    uuid: () => assert.fail("asked"),
  };
  return {
    of: ({ bmc }) => {
      asked.push(...bmc.map(({ address }) => address ?? ""));
      return { usable: true, devices: [device] };
    },
  };
}

/** The address of the device that is used for silent hv1, or the code of the reason why none is. */
function usedFor(
  last: string | null | undefined,
  document: string | null | undefined,
  hv2 = "10.0.9.12",
): string {
  const own = document === undefined ? null : nodeAt("hv1", document);
  const other = nodeAt("hv2", hv2);
  const nodes = new Map([own, other].filter((node) => node !== null).map((node) => [node.name, node]));
  const known = last === undefined ? null : nodeAt("hv1", last);
  const fields = known === null ? [] : [["hv1", { fields: { ...known, node: "hv1" }, revision: 1 }] as const];
  const asked: string[] = [];
  const kit = kitInForce(
    devices(asked),
    { name: "hv1", document: own, observed: null },
    { lastFields: new Map(fields), desired: { cluster, nodes } },
  );
  return kit.usable ? asked.join(" ") : kit.why.code;
}

describe("the power devices of a silent node", () => {
  it("are those that it was last alive with, whatever its document says by now", () => {
    assert.equal(usedFor("10.0.9.11", "10.0.9.11"), "10.0.9.11");
    assert.equal(usedFor("10.0.9.11", "10.0.9.99"), "10.0.9.11");
    assert.equal(usedFor("10.0.9.11", null), "10.0.9.11");
    assert.equal(usedFor("10.0.9.11", undefined), "10.0.9.11", "also where it has no document any more");
  });

  it("do not count from an edit on, but from its return", () => {
    assert.equal(usedFor(null, "10.0.9.11"), "bmc-edited");
    assert.equal(usedFor(null, null), "no-fence-method");
  });

  it("are not used where the cluster's methods do not allow that, and that is what is said", () => {
    const fencing = { ...cluster.fencing, methods: [] };
    const kit = kitOf(devices([]), nodeAt("hv1", "10.0.9.11"), { ...cluster, fencing });
    assert.deepEqual(kit.usable ? null : kit.why.code, "bmc-not-allowed");
  });

  it("are its document's where no leader has written down what it was alive with", () => {
    assert.equal(usedFor(undefined, "10.0.9.11"), "10.0.9.11");
    assert.equal(usedFor(undefined, undefined), "no-fence-method");
  });

  it("are left alone where they are another node's by now", () => {
    assert.equal(usedFor("10.0.9.11", undefined, "10.0.9.11"), "bmc-taken");
    assert.equal(usedFor("10.0.9.11", "10.0.9.99", "10.0.9.11"), "bmc-taken");
  });
});
