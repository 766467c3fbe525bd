/** A random cluster as its author knows it: the documents, what the machines are, and what runs where at first. */
import type { Json } from "../../reconciler/desired/edit/merge-patch.ts";
import type { ObjectId } from "../../reconciler/model/names.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { JsonMap } from "./script.ts";

export interface ClusterDraft {
  readonly documents: Map<ObjectId, JsonMap>;
  readonly hardware: Record<string, Json>;
  readonly start: Record<string, string>;
}

export const groups = ["db", "web"] as const;
export const memories = ["512MiB", "1GiB", "2GiB", "3GiB", "5GiB"] as const;
const selectors = ["mem", "memprov", "vcpus", "load", "vms"] as const;

export function draftCluster(random: SeededRandom): ClusterDraft {
  const nodes = names("hv", 2 + random.below(4));
  const vms = names("vm", 2 + random.below(6));
  const documents = new Map<ObjectId, JsonMap>();
  const draft: ClusterDraft = { documents, hardware: {}, start: {} };
  documents.set("Cluster/lab", { kind: "Cluster", name: "lab", ...clusterFields(random) });
  documents.set("StoragePool/vms", { kind: "StoragePool", name: "vms", type: "rbd" });
  documents.set("Network/lan", { kind: "Network", name: "lan", type: "bridge", bridge: "br0" });
  documents.set("Profile/base", { kind: "Profile", name: "base", memory: random.oneOf(["1GiB", "2GiB"]) });
  for (const node of nodes) {
    const state = random.chance(0.1) ? random.oneOf(["cordoned", "flushed"]) : "ready";
    const bmc = random.chance(0.75) ? { bmc: { agent: "simulated" } } : {};
    documents.set(`Node/${node}`, { kind: "Node", name: node, state, ...bmc });
    draft.hardware[node] = machine(random);
  }
  if (random.chance(0.3)) draft.hardware["message"] = random.oneOf(["0ms", "2ms", "40ms", "150ms"]);
  for (const vm of vms) documents.set(`VM/${vm}`, vmDocument(random, vm, nodes));
  place(random, draft, nodes);
  return draft;
}

export function names(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
}

/** Mostly what the defaults are: each deviation alone is rare, and some cluster has it. */
function clusterFields(random: SeededRandom): JsonMap {
  return {
    bounds: {
      destroy: random.oneOf([1, 2, 5]),
      migrations: random.oneOf([1, 2, 4]),
      migrationsPerNode: random.oneOf([1, 2]),
    },
    ...(random.chance(0.3) ? { selector: random.oneOf(selectors) } : {}),
    ...(random.chance(0.3) ? { reserve: { memory: random.oneOf(["0%", "10%", "512MiB"]) } } : {}),
    ...(random.chance(0.3) ? { reconcile: { mode: "safe" } } : {}),
    ...(random.chance(0.7) ? { fencing: fencing(random) } : {}),
  };
}

function fencing(random: SeededRandom): JsonMap {
  return {
    ...(random.chance(0.5) ? { lease: "6s", grace: random.oneOf(["5s", "10s"]) } : {}),
    ...(random.chance(0.5) ? { return: { auto: random.oneOf(["30s", "5m"]) } } : {}),
    ...(random.chance(0.5) ? { powerOn: false } : {}),
  };
}

function machine(random: SeededRandom): JsonMap {
  return {
    memory: random.oneOf(["4GiB", "8GiB", "16GiB"]),
    cpus: random.oneOf([2, 4, 8]),
    load: random.below(5),
    boot: random.oneOf(["5s", "20s", "60s"]),
    ...(random.chance(0.15) ? { message: random.oneOf(["100ms", "400ms", "900ms"]) } : {}),
    ...(random.chance(0.2) ? { migration: random.oneOf(["64MiB/s", "2GiB/s"]) } : {}),
    ...(random.chance(0.2) ? { start: "5s", shutdown: "12s" } : {}),
  };
}

/** A whole new document. */
export function vmDocument(random: SeededRandom, name: string, nodes: readonly string[]): JsonMap {
  const limits = random.chance(0.3) ? someOf(random, nodes) : null;
  const allowed = limits ?? nodes;
  return {
    kind: "VM",
    name,
    ...(random.chance(0.3) ? { profiles: ["base"] } : { memory: random.oneOf(memories) }),
    ...(limits === null ? {} : { limits }),
    ...(random.chance(0.5) ? { node: pick(random, allowed) } : {}),
    ...(random.chance(0.1) ? { migrate: pick(random, allowed) } : {}),
    ...(random.chance(0.2) ? { apart: [random.oneOf(groups)] } : {}),
    ...(random.chance(0.2) ? { selector: random.oneOf(selectors) } : {}),
    ...(random.chance(0.2) ? { priority: random.oneOf(["high", "low"]) } : {}),
    ...(random.chance(0.3) ? { autorestart: false } : {}),
    ...(random.chance(0.3) ? { cpus: random.oneOf([2, 4]) } : {}),
    ...(random.chance(0.2) ? { migration: { method: random.oneOf(["live", "shutdown"]) } } : {}),
    ...shutdown(random),
    ...restart(random),
    ...(random.chance(0.15) ? { state: random.oneOf(["stopped", "disabled", "poweroff"]) } : {}),
    ...(random.chance(0.5) ? { disks: [{ name: "root", volume: `vms/${name}-root`, size: "1GiB" }] } : {}),
    ...(random.chance(0.1) ? { disk: "1GiB", disks: [] } : {}),
    ...(random.chance(0.3) ? { nics: [{ name: "eth0", network: "lan" }] } : {}),
  };
}

export function shutdown(random: SeededRandom): JsonMap {
  const timeout = random.oneOf(["10s", "20s", "60s"]);
  const then = random.oneOf(["poweroff", "poweroff", "leave"]);
  return random.chance(0.8) ? { shutdown: { timeout, then } } : {};
}

export function restart(random: SeededRandom): JsonMap {
  if (random.chance(0.1)) return { restart: { policy: "never" } };
  const backoff = random.oneOf(["1s", "5s", "10s"]);
  return random.chance(0.7) ? { restart: { max: 1 + random.below(4), window: "5m", backoff } } : {};
}

export function pick(random: SeededRandom, from: readonly string[]): string {
  return from[random.below(from.length)] ?? "";
}

/** At least one. */
export function someOf(random: SeededRandom, from: readonly string[]): string[] {
  const some = from.filter(() => random.chance(0.5));
  return some.length > 0 ? some : [pick(random, from)];
}

/** Lets VMs run where they may and fit, so that the scenario can begin. */
function place(random: SeededRandom, draft: ClusterDraft, nodes: readonly string[]): void {
  const free = new Map(nodes.map((node) => [node, sizeOf(draft.hardware[node], 8)]));
  const grouped = new Set<string>();
  for (const [id, vm] of draft.documents) {
    if (!id.startsWith("VM/") || (vm["state"] ?? "running") !== "running" || random.chance(0.15)) continue;
    const need = sizeOf(vm, 2);
    const apart = wordsOf(vm["apart"]);
    const limits = vm["limits"] === undefined ? nodes : wordsOf(vm["limits"]);
    const cpus = Number(vm["cpus"] ?? 1);
    const fitting = limits.filter(
      (node) =>
        (free.get(node) ?? 0) >= need &&
        cpusOf(draft.hardware[node]) >= cpus &&
        !apart.some((group) => grouped.has(`${group} ${node}`)),
    );
    if (fitting.length === 0) continue;
    const node = pick(random, fitting);
    free.set(node, (free.get(node) ?? 0) - need);
    for (const group of apart) grouped.add(`${group} ${node}`);
    draft.start[id.slice("VM/".length)] = node;
  }
}

/** `memory` in GiB. */
function sizeOf(fields: Json | undefined, otherwise: number): number {
  const text = isJsonMap(fields) ? fields["memory"] : undefined;
  if (typeof text !== "string") return otherwise;
  return text.endsWith("MiB") ? Number.parseInt(text, 10) / 1024 : Number.parseInt(text, 10);
}

function cpusOf(fields: Json | undefined): number {
  return isJsonMap(fields) ? Number(fields["cpus"] ?? 8) : 8;
}

export function wordsOf(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((word): word is string => typeof word === "string") : [];
}

function isJsonMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
