/**
 * Who may read and write which keys. Each part of Evenkeel shows a certificate of its own, and the store lets it write
 * the keys that it writes by the rules, and no others: one writer per key, kept by the store itself. The table follows
 * what the code does; `docs/store-security.md` is its words.
 */
import type { NodeName } from "../model/names.ts";
import { toBuffer, fromBuffer } from "./core/bytes.ts";
import { endOfPrefix } from "./core/key-range.ts";
import { clusterKeys, type ClusterKeys } from "./keys.ts";

export type Part =
  /** Decides: the leader, and the watcher of the folder. */
  | { readonly part: "reconciler" }
  /** People who apply and ask: `keel apply`, `keel approve`. */
  | { readonly part: "operator" }
  /** Looks only. */
  | { readonly part: "viewer" }
  | { readonly part: "agent"; readonly node: NodeName }
  | { readonly part: "heartbeat"; readonly node: NodeName };

export type AccessKind = "read" | "write" | "read-write";

/** A key, or all keys from `key` up to, and without, `end`. */
export interface Permission {
  readonly access: AccessKind;
  readonly key: string;
  readonly end: string | null;
}

export interface Role {
  readonly name: string;
  readonly permissions: readonly Permission[];
}

/** Known by its certificate's common name; has no password. */
export interface RoleUser {
  readonly name: string;
  readonly role: string;
}

export interface Access {
  readonly roles: readonly Role[];
  readonly users: readonly RoleUser[];
}

/** All that the parts of a cluster with these nodes need. */
export function accessOf(cluster: string, nodes: readonly NodeName[]): Access {
  const keys = clusterKeys(cluster);
  const parts: readonly Part[] = [
    { part: "reconciler" },
    { part: "operator" },
    { part: "viewer" },
    ...nodes.flatMap((node): readonly Part[] => [
      { part: "agent", node },
      { part: "heartbeat", node },
    ]),
  ];
  return {
    roles: parts.map((part) => ({ name: roleName(cluster, part), permissions: permissionsOf(part, keys) })),
    users: parts.map((part) => ({ name: userName(part), role: roleName(cluster, part) })),
  };
}

/** All roles of a cluster, of whatever part and node, begin with this. */
export function rolePrefix(cluster: string): string {
  return `keel:${cluster}:`;
}

function roleName(cluster: string, part: Part): string {
  return rolePrefix(cluster) + ("node" in part ? `${part.part}:${part.node}` : part.part);
}

function userName(part: Part): string {
  return "node" in part ? `keel-${part.part}-${part.node}` : `keel-${part.part}`;
}

function permissionsOf(part: Part, keys: ClusterKeys): readonly Permission[] {
  switch (part.part) {
    case "viewer":
      return [under("read", keys.root)];
    case "operator":
      return [under("read", keys.root), ...operatorWrites(keys)];
    case "reconciler":
      return [under("read", keys.root), ...reconcilerWrites(keys)];
    case "agent":
      return [...agentReads(keys), ...agentWrites(keys, part.node)];
    case "heartbeat":
      return heartbeatAccess(keys, part.node);
  }
}

function heartbeatAccess(keys: ClusterKeys, node: NodeName): readonly Permission[] {
  return [
    under("read", keys.node(node)),
    one("read", keys.fence(node)),
    one("read", keys.lease),
    one("write", keys.alive(node)),
    one("write", keys.seen(node)),
  ];
}

/** The leader writes what was decided, and takes away what it has dealt with: requests, and the reports of ended steps. */
function reconcilerWrites(keys: ClusterKeys): readonly Permission[] {
  const { root } = keys;
  const areas = [
    "bound/",
    "bound-by-hand/",
    "desired/",
    "event/",
    "fence/",
    "history/",
    "identity/",
    "last-fields/",
    "placement/",
    "progress/",
    "request/",
    "source/",
    "step/",
    "tries/",
    "volume/",
  ];
  return [
    ...[keys.leader, keys.lease, keys.store, keys.housekeeping, keys.maintenance, keys.rounds].map((key) =>
      one("write", key),
    ),
    ...areas.map((area) => under("write", root + area)),
  ];
}

/**
 * An apply, and requests. What may be forgotten of an apply is the leader's to decide; what comes of a restored store,
 * the administrator's of the store.
 */
function operatorWrites(keys: ClusterKeys): readonly Permission[] {
  return [
    one("write", keys.head),
    ...[
      keys.object(""),
      `${keys.root}history/`,
      keys.identity(""),
      keys.request(""),
      keys.planUsed(""),
      keys.boundByHand(""),
      keys.token(""),
      // The API is one of them, and says what was asked of it.
      `${keys.root}event/api-`,
    ].map((prefix) => under("write", prefix)),
  ];
}

/** Of other nodes too: two agents that hand a guest over read what the other one tells, and whether it is proven dead. */
function agentReads(keys: ClusterKeys): readonly Permission[] {
  const areas = ["fence/", "node/", "placement/", "progress/", "step/"].map((area) => keys.root + area);
  return [...areas, keys.store].map((prefix) => under("read", prefix));
}

/**
 * Its node's keys. The one exception is the store's record: who finds that the store was set back marks it frozen, and
 * any agent may be the first to find out.
 */
function agentWrites(keys: ClusterKeys, node: NodeName): readonly Permission[] {
  return [
    one("write", keys.agent(node)),
    one("write", keys.status(node)),
    one("write", keys.store),
    under("write", keys.domains(node)),
    under("write", keys.progress(node, "")),
  ];
}

function one(access: AccessKind, key: string): Permission {
  return { access, key, end: null };
}

function under(access: AccessKind, prefix: string): Permission {
  const end = endOfPrefix(fromBuffer(Buffer.from(prefix)));
  if (end === null) throw new RangeError("a prefix without end gives everything away");
  return { access, key: prefix, end: toBuffer(end).toString() };
}
