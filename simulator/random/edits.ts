/** What people do to their files, one edit or request each: every field and verb of a VM, a node and the cluster. */
import type { MergePatch } from "../../reconciler/desired/edit/merge-patch.ts";
import { objectId, type VmName } from "../../reconciler/model/names.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { Author } from "./author.ts";
import { groups, memories, pick, restart, shutdown, someOf, vmDocument, wordsOf } from "./cluster-draft.ts";

export type Deed = (author: Author) => void;

type Change = (random: SeededRandom, author: Author, vm: string) => MergePatch;

const vmChanges: readonly [Change, ...Change[]] = [
  (random) => ({ state: random.oneOf(["stopped", "disabled", "poweroff"]) }),
  () => ({ state: "running" }),
  (random) => ({ state: random.oneOf(["running", "running", "stopped", "poweroff"]) }),
  (random, author, vm) => place(random, author, vm, "migrate"),
  (random, author, vm) => place(random, author, vm, "migrate"),
  () => ({ migrate: null }),
  () => ({ migrate: null }),
  (random, author, vm) => place(random, author, vm, "node"),
  () => ({ node: null }),
  (random, author) => limits(random, author),
  () => ({ limits: null }),
  (random) => ({ selector: random.oneOf(["mem", "memprov", "vcpus", "load", "vms", null]) }),
  (random) => ({ apart: random.oneOf<string[] | null>([[groups[0]], [groups[1]], null]) }),
  (random) => ({ priority: random.oneOf(["high", "normal", "low"]) }),
  (random) => ({ memory: random.oneOf(memories) }),
  (random) => ({ cpus: random.oneOf([1, 2, 3, 4]) }),
  (random) => ({ autorestart: random.chance(0.5) }),
  (random) => ({ migration: { method: random.oneOf(["auto", "live", "shutdown"]) } }),
  (random) => shutdown(random),
  (random) => restart(random),
  (random) => ({ tags: [random.oneOf(["a", "b"])] }),
  (random) => ({ protect: random.oneOf([true, null, null]) }),
  (random) => ({ profiles: random.oneOf<string[] | null>([["base"], null]) }),
  (random, _author, vm) => ({
    disks: random.oneOf([[], [{ name: "root", volume: `vms/${vm}-root`, size: "1GiB" }]]),
  }),
  (random) => ({ nics: random.oneOf<MergePatch[]>([[], [{ name: "eth0", network: "lan" }]]) }),
];

export function changeVm(author: Author): void {
  const vm = author.aVm();
  const changes = author.random.oneOf([1, 1, 1, 2]);
  const patches = Array.from({ length: changes }, () =>
    author.random.oneOf(vmChanges)(author.random, author, vm),
  );
  author.edit([objectId("VM", vm), Object.assign({}, ...patches)]);
}

/** `node:` or `migrate:`, inside of the limits. */
export function place(
  random: SeededRandom,
  author: Author,
  vm: string,
  field: "node" | "migrate",
): MergePatch {
  const { limits: allowed } = author.document(objectId("VM", vm));
  return { [field]: pick(random, allowed === undefined ? author.names("Node") : wordsOf(allowed)) };
}

/** With what they would contradict taken away. */
function limits(random: SeededRandom, author: Author): MergePatch {
  return { limits: someOf(random, author.names("Node")), node: null, migrate: null };
}

const nodeChanges: readonly [MergePatch, ...MergePatch[]] = [
  { state: "flushed" },
  { state: "flushed" },
  { state: "cordoned" },
  { state: "ready" },
  { state: "ready" },
  { state: "ready" },
  { maintenance: { reason: "switch swap" } },
  { maintenance: null },
  { labels: { zone: "a" } },
  { bmc: null },
  { bmc: { agent: "simulated" } },
  { bmc: { agent: "simulated" } },
];

export function changeNode(author: Author): void {
  author.edit([objectId("Node", author.aNode()), author.random.oneOf(nodeChanges)]);
}

const clusterChanges: readonly [MergePatch, ...MergePatch[]] = [
  { maintenance: { reason: "switch swap" } },
  { maintenance: null },
  { maintenance: null },
  { selector: "vms" },
  { selector: null },
  { reconcile: { mode: "safe" } },
  { reconcile: null },
  { bounds: { migrations: 1 } },
  { bounds: { migrations: 4, migrationsPerNode: 1 } },
  { bounds: { destroy: 3 } },
  { reserve: { memory: "20%" } },
  { reserve: { memory: "0%" } },
  { fencing: { lease: "6s", grace: "10s" } },
  { fencing: { lease: "15s" } },
  { fencing: { powerOn: false } },
  { fencing: { methods: [] } },
  { fencing: null },
];

export function changeCluster(author: Author): void {
  author.edit([objectId("Cluster", "lab"), author.random.oneOf(clusterChanges)]);
}

const profileChanges: readonly [MergePatch, ...MergePatch[]] = [
  { memory: "1GiB" },
  { memory: "2GiB" },
  { state: "stopped" },
  { state: null },
  { state: null },
  { priority: "high" },
  { apart: ["db"] },
  { apart: null },
];

/** All VMs that name it change at once. */
export function changeProfile(author: Author): void {
  author.edit([objectId("Profile", "base"), author.random.oneOf(profileChanges)]);
}

export function addVm(author: Author): void {
  if (author.names("VM").length >= 9) return;
  const name = author.freshName();
  author.edit([objectId("VM", name), vmDocument(author.random, name, author.names("Node"))]);
}

/** The document goes; the VM is orphaned. */
export function removeVm(author: Author): void {
  if (author.names("VM").length <= 1) return;
  const vm = author.aVm();
  const id = objectId("VM", vm);
  const before = author.document(id);
  author.edit([id, null]);
  if (!author.random.chance(0.7)) return;
  author.wait(author.random.below(20_000));
  author.edit([id, before]);
}

/** A node leaves, and mostly comes back. */
export function removeNode(author: Author): void {
  if (author.names("Node").length <= 1) return;
  const id = objectId("Node", author.aNode());
  const before = author.document(id);
  author.edit([id, null]);
  author.wait(author.random.below(30_000));
  if (author.random.chance(0.8)) author.edit([id, before]);
}

export function addNode(author: Author): void {
  if (author.machines.length >= 6) return;
  const node = `hv${author.machines.length + 1}`;
  author.edit([objectId("Node", node), { state: "ready" }]);
  author.machines.push(node);
}

export function request(author: Author): void {
  const { random } = author;
  const verb = random.oneOf(["release", "restart", "retry", "restart"]);
  author.act({ [verb]: author.aVm() });
}

/** Maintenance with an end, by a request. */
export function override(author: Author): void {
  const { random } = author;
  if (author.setsLeadersClocks) return;
  const whose = random.oneOf(["Cluster/lab", objectId("Node", author.aNode())]);
  author.act({ override: { [whose]: random.oneOf(["20s", "2m", "10m", "off"]) } });
}

export function acknowledge(author: Author): void {
  author.act({ acknowledge: author.aMachine() });
}

/** Asked for, mostly approved, and sometimes taken back or made anew under the same name. */
export function destroy(author: Author): void {
  if (author.names("VM").length <= 1) return;
  const { random } = author;
  const vm = author.aVm();
  const id = objectId("VM", vm);
  author.edit([id, { state: "absent", ...(random.chance(0.8) ? { protect: null } : {}) }]);
  author.wait(random.oneOf([1, 50, 3_000]));
  if (random.chance(0.8))
    author.act({ approve: { destroy: `VM/${vm}`, disks: random.chance(0.5) ? ["root"] : [] } });
  author.wait(random.oneOf([1, 20, 60, 200, 8_000]));
  if (random.chance(0.3)) author.edit([id, { state: "running" }]);
  else if (random.chance(0.5)) author.edit([id, null]);
}

export function rename(author: Author): void {
  renameTo(author, author.aVm());
}

/** It keeps what it is; the line stays in its document. Returns its new name. */
export function renameTo(author: Author, vm: VmName): VmName {
  const next = author.freshName();
  const { name: _, ...fields } = author.document(objectId("VM", vm));
  const document = { ...fields, name: next, renamedFrom: vm };
  author.edit([objectId("VM", vm), null], [objectId("VM", next), document]);
  author.renamed(vm, next);
  return next;
}
