import assert from "node:assert/strict";
import { describe, it } from "node:test";

import fc from "fast-check";

import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import { ResolveMemory } from "../../../reconciler/desired/resolve/resolve-memory.ts";
import type { Loaded } from "../../../reconciler/desired/load-result.ts";
import type { Vm } from "../../../reconciler/model/desired.ts";
import { objectId, type Kind, type ObjectId } from "../../../reconciler/model/names.ts";

interface Written {
  readonly kind: Kind;
  readonly name: string;
  readonly [field: string]: unknown;
}

const mapOf = (documents: readonly Written[]): ReadonlyMap<ObjectId, unknown> =>
  new Map(documents.map((document) => [objectId(document.kind, document.name), document]));

function resolved(...documents: readonly Written[]): Loaded {
  const result = resolveDocuments(mapOf(documents), { host: "Box_1.example.org" });
  assert.ok(result.ok, JSON.stringify(result));
  return result;
}

function issuesOf(...documents: readonly Written[]): readonly string[] {
  const result = resolveDocuments(mapOf(documents), { host: "box" });
  return result.ok ? [] : result.issues.map((issue) => `${issue.file} ${issue.code}`);
}

function vmOf(fields: Readonly<Record<string, unknown>>, ...profiles: readonly Written[]): Vm {
  const { vms } = resolved(
    { kind: "VM", name: "web1", memory: "1GiB", ...fields },
    ...nodes,
    network,
    ...profiles,
  ).desired;
  const vm = vms.get("web1");
  assert.ok(vm !== undefined);
  return vm;
}

const nodes: readonly Written[] = ["hv1", "hv2"].map((name) => ({ kind: "Node", name }));
const network: Written = { kind: "Network", name: "servers", type: "nat" };

describe("an empty desired state", () => {
  it("has all defaults, this host as its one node, and a local pool", () => {
    const { desired } = resolved();
    assert.deepEqual(desired.cluster, {
      name: "default",
      maintenance: { on: false, reason: null, until: null },
      selector: "mem",
      fencing: {
        leaseMs: 10_000,
        graceMs: 15_000,
        methods: ["bmc"],
        powerOn: true,
        return: { mode: "manual" },
      },
      reconcile: { mode: "plan" },
      bounds: { destroy: 1, migrations: 4, migrationsPerNode: 2 },
      reserve: { memory: { kind: "ratio", ratio: 0.05 } },
    });
    assert.deepEqual([...desired.nodes.keys()], ["box-1"]);
    assert.deepEqual(
      [...desired.pools.values()],
      [{ name: "default", type: "dir", path: null, shared: false }],
    );
    assert.equal(desired.sources.size, 0);
  });
});

describe("a cluster", () => {
  it("keeps the defaults of the fields that it does not name", () => {
    const { cluster } = resolved({
      kind: "Cluster",
      name: "lab",
      maintenance: { reason: "switch swap", until: "2026-11-21T06:00:00Z" },
      fencing: { lease: "20s", return: { auto: "10m" }, methods: [] },
      bounds: { migrations: 1 },
      reserve: { memory: "2GiB" },
    }).desired;
    assert.deepEqual(cluster.maintenance, {
      on: true,
      reason: "switch swap",
      until: Date.UTC(2026, 10, 21, 6),
    });
    assert.deepEqual(cluster.fencing, {
      leaseMs: 20_000,
      graceMs: 15_000,
      methods: [],
      powerOn: true,
      return: { mode: "auto", afterMs: 600_000 },
    });
    assert.deepEqual(cluster.bounds, { destroy: 1, migrations: 1, migrationsPerNode: 2 });
    assert.deepEqual(cluster.reserve.memory, { kind: "bytes", bytes: 2_147_483_648 });
  });

  it("warns of maintenance that has neither reason nor end, and goes on", () => {
    const result = resolved({ kind: "Cluster", name: "lab", maintenance: true });
    assert.equal(result.desired.cluster.maintenance.on, true);
    assert.deepEqual(
      result.warnings.map((issue) => issue.code),
      ["maintenance.bare"],
    );
  });
});

describe("a node", () => {
  it("has one power device or a list of them", () => {
    const device = { agent: "ipmilan", address: "10.0.9.11", user: "fence", password: { file: "bmc/hv1" } };
    const { desired } = resolved(
      { kind: "Node", name: "hv1", labels: { zone: "a" }, bmc: device },
      {
        kind: "Node",
        name: "hv2",
        bmc: [{ agent: "redfish", address: "10.0.9.12", password: { env: "BMC" } }],
      },
    );
    assert.deepEqual(desired.nodes.get("hv1")?.bmc, [
      {
        agent: "ipmilan",
        address: "10.0.9.11",
        port: null,
        user: "fence",
        password: { from: "file", path: "bmc/hv1" },
        options: {},
      },
    ]);
    assert.deepEqual(desired.nodes.get("hv2")?.bmc[0]?.password, { from: "env", name: "BMC" });
    assert.deepEqual(desired.nodes.get("hv1")?.labels, { zone: "a" });
  });

  it("may not keep its secrets inside the desired state", () => {
    const node = {
      kind: "Node",
      name: "hv1",
      bmc: { agent: "ipmilan", address: "10.0.9.11", password: { file: "hv1" } },
    };
    const where = (secretsFolder: string) =>
      resolveDocuments(new Map([["Node/hv1", node]]), {
        host: "box",
        folder: "/etc/keel/cluster.d",
        secretsFolder,
      });
    assert.equal(where("/etc/keel/secrets").ok, true);
    const inside = where("/etc/keel/cluster.d/secrets");
    assert.deepEqual(inside.ok ? [] : inside.issues.map((issue) => issue.code), ["secret.path"]);
  });
});

describe("a VM", () => {
  it("works alone, in five lines", () => {
    const { desired } = resolved({ kind: "VM", name: "web1", memory: "2GiB", disk: "20GiB" });
    assert.deepEqual(desired.vms.get("web1"), {
      name: "web1",
      renamedFrom: null,
      state: "running",
      node: null,
      migrate: null,
      limits: null,
      selector: null,
      apart: [],
      autorestart: true,
      migration: { method: "auto", maxDowntimeMs: 300 },
      shutdown: { timeoutMs: 180_000, then: "poweroff" },
      restart: { policy: "on-failure", max: 5, windowMs: 600_000, backoffMs: 10_000 },
      priority: "normal",
      cpus: 1,
      memoryBytes: 2_147_483_648,
      disks: [
        {
          name: "root",
          shared: false,
          source: "volume",
          pool: "default",
          volume: "web1-root",
          implied: true,
          sizeBytes: 21_474_836_480,
        },
      ],
      nics: [],
      tags: [],
      protect: false,
      domain: { xml: null, name: null },
    });
  });

  it("takes its profiles left to right, and then its own word", () => {
    const vm = vmOf(
      { profiles: ["small", "careful"], cpus: 3 },
      {
        kind: "Profile",
        name: "small",
        cpus: 1,
        priority: "low",
        tags: ["a", "b"],
        shutdown: { timeout: "1m" },
      },
      { kind: "Profile", name: "careful", cpus: 2, tags: ["c"], shutdown: { then: "leave" } },
    );
    assert.equal(vm.cpus, 3);
    assert.equal(vm.priority, "low");
    assert.deepEqual(vm.tags, ["c"], "plain lists are replaced");
    assert.deepEqual(vm.shutdown, { timeoutMs: 60_000, then: "leave" }, "maps merge");
  });

  it("gets what the profiles of its profiles say, below what they say themselves", () => {
    const vm = vmOf(
      { profiles: ["top"] },
      { kind: "Profile", name: "bottom", cpus: 2, priority: "low" },
      { kind: "Profile", name: "top", profiles: ["bottom"], cpus: 4 },
    );
    assert.equal(vm.cpus, 4);
    assert.equal(vm.priority, "low");
  });

  it("takes back what a profile says with null: the default is in force again", () => {
    const vm = vmOf(
      { profiles: ["all"], cpus: null, limits: null, shutdown: { timeout: null }, nics: null, disk: null },
      {
        kind: "Profile",
        name: "all",
        cpus: 8,
        limits: ["hv1"],
        shutdown: { timeout: "1m", then: "leave" },
        nics: [{ name: "eth0", network: "servers" }],
        disk: "1GiB",
      },
    );
    assert.equal(vm.cpus, 1);
    assert.equal(vm.limits, null);
    assert.deepEqual(vm.shutdown, { timeoutMs: 180_000, then: "leave" });
    assert.deepEqual(vm.nics, []);
    assert.deepEqual(vm.disks, []);
  });

  it("merges disks and nics by name, each in the place where it was first named", () => {
    const vm = vmOf(
      {
        profiles: ["two"],
        disks: [
          { name: "data", size: "9GiB" },
          { name: "more", size: "3GiB" },
        ],
        nics: [{ name: "eth0", mac: "52:54:00:AA:BB:CC" }],
      },
      {
        kind: "Profile",
        name: "two",
        disk: "1GiB",
        disks: [{ name: "data", size: "2GiB", shared: true }],
        nics: [{ name: "eth0", network: "servers" }],
      },
    );
    assert.deepEqual(
      vm.disks.map((disk) => [disk.name, disk.shared, disk.source === "volume" ? disk.sizeBytes : null]),
      [
        ["root", false, 2 ** 30],
        ["data", true, 9 * 2 ** 30],
        ["more", false, 3 * 2 ** 30],
      ],
    );
    assert.deepEqual(vm.nics, [{ name: "eth0", network: "servers", mac: "52:54:00:aa:bb:cc" }]);
  });

  it("turns a profile's volume into a file, and the other way round", () => {
    const profile = {
      kind: "Profile",
      name: "p",
      disks: [
        { name: "a", file: "/srv/a" },
        { name: "b", size: "1GiB" },
      ],
    } as const;
    const vm = vmOf(
      {
        profiles: ["p"],
        disks: [
          { name: "a", size: "2GiB" },
          { name: "b", file: "/srv/b" },
        ],
      },
      profile,
    );
    assert.deepEqual(
      vm.disks.map((disk) => (disk.source === "file" ? disk.path : `${disk.pool}/${disk.volume}`)),
      ["default/web1-a", "/srv/b"],
    );
  });

  it("is as if nothing were said where it says the default", () => {
    const said = {
      state: "running",
      cpus: 1,
      priority: "normal",
      shutdown: { timeout: "180s", then: "poweroff" },
      tags: [],
    };
    assert.deepEqual(vmOf(said), vmOf({}));
  });
});

describe("a renamed VM", () => {
  it("keeps the volumes that were named after it", () => {
    const before = vmOf({ disk: "1GiB", disks: [{ name: "own", volume: "default/x" }] });
    const { vms } = resolved({
      kind: "VM",
      name: "front",
      renamedFrom: "web1",
      memory: "1GiB",
      disk: "1GiB",
      disks: [{ name: "own", volume: "default/x" }],
    }).desired;
    assert.deepEqual(vms.get("front")?.disks, before.disks);
  });
});

describe("what belongs together", () => {
  it("gives no two VMs one name in libvirt", () => {
    const odd: Written = { kind: "VM", name: "a", memory: "1GiB", domain: { name: "b" } };
    assert.deepEqual(issuesOf(odd, { kind: "VM", name: "b", memory: "1GiB" }), [
      "VM/b domain.name-used-twice",
    ]);
    assert.deepEqual(issuesOf(odd, { kind: "VM", name: "c", memory: "1GiB" }), []);
  });

  it("lets several VMs use one volume only where all of them say so", () => {
    const vm = (name: string, shared: boolean): Written => ({
      kind: "VM",
      name,
      memory: "1GiB",
      disks: [{ name: "root", volume: "default/shop", size: "1GiB", shared }],
    });
    assert.deepEqual(issuesOf(vm("a", true), vm("b", true), vm("c", true)), []);
    assert.deepEqual(issuesOf(vm("a", true), vm("b", false)), ["VM/b volume.used-twice"]);
  });

  it("finds a volume in the folder of its pool, and in a domain's own XML", () => {
    const pool: Written = { kind: "StoragePool", name: "default", type: "dir", path: "/srv/vms" };
    const owner: Written = { kind: "VM", name: "a", memory: "1GiB", disk: "1GiB" };
    const byFile: Written = {
      kind: "VM",
      name: "b",
      memory: "1GiB",
      disks: [{ name: "x", file: "/srv/vms/a-root.qcow2" }],
    };
    const xml = "<domain><devices><disk><source file='/srv/vms/a-root.qcow2'/></disk></devices></domain>";
    const byXml: Written = { kind: "VM", name: "c", memory: "1GiB", domain: { xml } };
    assert.deepEqual(issuesOf(pool, owner, byFile), ["VM/b volume.used-twice"]);
    assert.deepEqual(issuesOf(pool, owner, byXml), ["VM/c volume.used-twice"]);
  });

  it("does not call a reference dangling whose document is only broken", () => {
    const broken = { kind: "Node", name: "hv1", adress: "10.0.0.1" } as const;
    assert.deepEqual(
      issuesOf(broken, { kind: "VM", name: "a", memory: "1GiB", node: "hv1", limits: ["hv1"] }),
      ["Node/hv1 schema.unknown-key"],
    );
  });

  it("places what a profile got wrong in the profile", () => {
    const profile: Written = { kind: "Profile", name: "p", limits: ["hv9"] };
    assert.deepEqual(
      issuesOf(...nodes, profile, { kind: "VM", name: "a", memory: "1GiB", profiles: ["p"] }),
      ["Profile/p ref.dangling"],
    );
  });
});

describe("resolveDocuments", () => {
  const documents: readonly Written[] = [
    ...nodes,
    network,
    { kind: "Cluster", name: "lab" },
    { kind: "Profile", name: "base", cpus: 2, nics: [{ name: "eth0", network: "servers" }] },
    { kind: "Profile", name: "big", profiles: ["base"], memory: "8GiB" },
    ...["a", "b", "c"].map((name): Written => ({ kind: "VM", name, profiles: ["big"], limits: ["hv1"] })),
  ];

  it("does not depend on the order of the documents", () => {
    const wanted = resolved(...documents);
    fc.assert(
      fc.property(fc.shuffledSubarray([...documents], { minLength: documents.length }), (shuffled) => {
        const { desired, digest } = resolved(...shuffled);
        assert.deepEqual(desired, wanted.desired);
        assert.deepEqual([...desired.vms.keys()], [...wanted.desired.vms.keys()]);
        assert.equal(digest, wanted.digest);
      }),
      { numRuns: 20 },
    );
  });

  it("resolves what it gave out to the same again", () => {
    const first = resolved(...documents);
    const again = resolveDocuments(first.documents, { host: "elsewhere", sources: first.desired.sources });
    assert.ok(again.ok);
    assert.deepEqual(again.desired, first.desired);
    assert.equal(again.digest, first.digest);
  });

  it("keeps the VMs of documents that are the same objects, and resolves anew what a profile changed", () => {
    const memory = new ResolveMemory();
    const options = { host: "box", memory };
    const first = resolveDocuments(mapOf(documents), options);
    const changed = documents.map((document) =>
      document.name === "a" ? { ...document, cpus: 9 } : document,
    );
    const second = resolveDocuments(mapOf(changed), options);
    const rebased = changed.map((document) =>
      document.name === "base" ? { ...document, cpus: 4 } : document,
    );
    const third = resolveDocuments(mapOf(rebased), options);
    assert.ok(first.ok && second.ok && third.ok);
    assert.equal(second.desired.vms.get("b"), first.desired.vms.get("b"));
    assert.equal(second.desired.vms.get("a")?.cpus, 9);
    assert.equal(third.desired.vms.get("b")?.cpus, 4);
    assert.notEqual(first.digest, second.digest);
  });

  it("names the object, or the file it was read from, where something is wrong", () => {
    const broken = mapOf([{ kind: "VM", name: "a", memory: "1GiB", node: "hv9" }]);
    const bare = resolveDocuments(broken, { host: "box" });
    assert.ok(!bare.ok);
    assert.equal(bare.issues[0]?.file, "VM/a");
    assert.equal(bare.issues[0].message, "node: no Node is named hv9");
    const sources = new Map([[objectId("VM", "a"), { file: "vms/a.yaml", line: 12 }]]);
    const placed = resolveDocuments(broken, { host: "box", sources });
    assert.ok(!placed.ok);
    assert.deepEqual([placed.issues[0]?.file, placed.issues[0]?.line], ["vms/a.yaml", 12]);
  });

  it("refuses what is no document, or one of another name", () => {
    assert.deepEqual(issuesOf({ kind: "VM", name: "a", memory: "1G" }), ["VM/a unit.size"]);
    const swapped = resolveDocuments(new Map([["VM/a", { kind: "VM", name: "b", memory: "1GiB" }]]), {
      host: "box",
    });
    assert.deepEqual(swapped.ok ? [] : swapped.issues.map((issue) => issue.code), ["name.illegal"]);
    const nothing = resolveDocuments(new Map([["VM/a", null]]), { host: "box" });
    assert.equal(nothing.ok, false);
  });
});
