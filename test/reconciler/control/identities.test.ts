import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { missingIdentities } from "../../../reconciler/control/identities.ts";
import type { Identity } from "../../../reconciler/model/journal.ts";
import { ModelCluster, vm } from "../../support/plan/model-cluster.ts";

const lan = { kind: "Network", name: "lan", type: "bridge", bridge: "br0" } as const;
const nics = [{ name: "eth0", network: "lan" }];
const zeros = (count: number) => new Uint8Array(count);

describe("missingIdentities", () => {
  it("makes a version 4 UUID and a MAC in QEMU's range for each NIC", () => {
    const { desired } = new ModelCluster([lan, vm("web", { nics })]);
    const identity = missingIdentities(desired, new Map(), zeros).get("web");
    assert.equal(identity?.uuid, "00000000-0000-4000-8000-000000000000");
    assert.deepEqual(identity.macs, { eth0: "52:54:00:00:00:00" });
  });

  it("never gives a MAC twice", () => {
    let calls = 0;
    const often = (count: number) => new Uint8Array(count).fill(Math.floor(calls++ / 4));
    const { desired } = new ModelCluster([lan, vm("a", { nics }), vm("b", { nics })]);
    const macs = [...missingIdentities(desired, new Map(), often).values()].map((i) => i.macs["eth0"]);
    assert.equal(new Set(macs).size, 2);
  });

  it("keeps what is known, adds what a new NIC lacks, and hands it on to a new name", () => {
    const known = new Map<string, Identity>([
      [
        "web",
        {
          uuid: "u",
          macs: { eth0: "52:54:00:01:02:03" },
          volumes: {},
          slots: { disks: {}, nics: { eth0: 0 } },
        },
      ],
    ]);
    const same = new ModelCluster([lan, vm("web", { nics })]).desired;
    assert.equal(missingIdentities(same, known, zeros).size, 0);
    const more = new ModelCluster([lan, vm("web", { nics: [...nics, { name: "eth1", network: "lan" }] })])
      .desired;
    const added = missingIdentities(more, known, zeros).get("web");
    assert.deepEqual(added, {
      uuid: "u",
      macs: { eth0: "52:54:00:01:02:03", eth1: "52:54:00:00:00:00" },
      volumes: {},
      slots: { disks: {}, nics: { eth0: 0, eth1: 1 } },
    });
    const renamed = new ModelCluster([lan, vm("shop", { renamedFrom: "web", nics })]).desired;
    assert.deepEqual(missingIdentities(renamed, known, zeros).get("shop"), known.get("web"));
  });
  it("never moves a device to another slot, nor gives it one that another device had", () => {
    const disks = (...names: string[]) =>
      new ModelCluster([vm("web", { disks: names.map((name) => ({ name, size: "1GiB" })) })]).desired;
    const first = missingIdentities(disks("root", "data"), new Map(), zeros);
    const second = missingIdentities(disks("logs", "root"), first, zeros);
    assert.deepEqual(second.get("web")?.slots?.disks, { root: 0, data: 1, logs: 2 });
    assert.equal(missingIdentities(disks("data", "root", "logs"), second, zeros).size, 0);
  });

  it("takes over the UUID of a domain that brings its XML along, and never changes one that is known", () => {
    const xml = "<domain><uuid>7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001</uuid></domain>";
    const { desired } = new ModelCluster([lan, vm("web", { domain: { xml }, nics })]);
    assert.equal(
      missingIdentities(desired, new Map(), zeros).get("web")?.uuid,
      "7a2ad6d0-1f0b-4d6e-9e0c-3f1c5f5f0001",
    );
    const known = new Map<string, Identity>([["web", { uuid: "u", macs: {}, volumes: {} }]]);
    assert.equal(missingIdentities(desired, known, zeros).get("web")?.uuid, "u");
  });

  it("adds the slots that an earlier version did not keep", () => {
    const known = new Map<string, Identity>([
      ["web", { uuid: "u", macs: { eth0: "52:54:00:01:02:03" }, volumes: {} }],
    ]);
    const { desired } = new ModelCluster([lan, vm("web", { nics })]);
    assert.deepEqual(missingIdentities(desired, known, zeros).get("web")?.slots, {
      disks: {},
      nics: { eth0: 0 },
    });
  });
});
