/**
 * What the leader does so that power devices can be believed when they are needed: while a node lives, it looks whether
 * each of its devices reads on and tells the machine's own UUID. Nothing is switched by it.
 */
import type { Binding } from "../../model/binding.ts";
import type { Clock } from "../../model/clock.ts";
import type { Node } from "../../model/desired.ts";
import type { NodeName } from "../../model/names.ts";
import type { Log } from "../../runtime/log.ts";
import { decode, encode } from "../../store/codec.ts";
import type { ClusterKeys } from "../../store/keys.ts";
import { type Compare, type Store, StoreError } from "../../store/store.ts";
import type { ClusterState } from "../cluster-state.ts";
import { bmcDigest, isBound, type OpenDevice } from "./bindings.ts";
import { lifeOf } from "./life.ts";
import { askDevices, indistinct, systemUuidsOf, whyUnproven } from "./own-devices.ts";

export interface BindOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: { readonly state: Sight };
  readonly open: OpenDevice;
  /** Who is behind it, for the record. */
  readonly id: string;
  /** The leadership, compared in every write. */
  readonly guard: Compare;
}

/** What of the cluster's records it looks at. */
type Sight = Pick<ClusterState, "applied" | "bindings" | "desired" | "nodes">;

const lookMs = 2_000;
const retryMs = 15_000;
const retryMaxMs = 300_000;

interface Try {
  /** Of the definitions and the machine that was asked about; another one is tried at once. */
  readonly of: string;
  readonly why: string;
  readonly waitMs: number;
  readonly notBefore: number;
}

/** Looks until aborted, then returns. One node at a time: nobody is waiting. */
export async function keepBound(options: BindOptions, signal: AbortSignal): Promise<void> {
  const { clock } = options;
  const tries = new Map<NodeName, Try>();
  while (!signal.aborted) {
    try {
      await lookOnce(options, tries, signal);
    } catch (error) {
      tolerate(error, options, signal);
    }
    await clock.sleep(lookMs, signal).catch(() => undefined);
  }
}

/** The store's failures, which pass, and the end. */
function tolerate(error: unknown, { log }: BindOptions, signal: AbortSignal): void {
  if (signal.aborted) return;
  if (!(error instanceof StoreError)) throw error;
  log.warn("power devices could not be bound", { why: error.message });
}

async function lookOnce(options: BindOptions, tries: Map<NodeName, Try>, signal: AbortSignal): Promise<void> {
  const { feed, clock, log } = options;
  await withdrawStale(options);
  for (const node of unboundNodes(feed.state)) {
    const last = tries.get(node.name);
    const of = `${bmcDigest(node)} ${feed.state.nodes.get(node.name)?.alive?.bootId ?? ""}`;
    if (last?.of === of && clock.monotonic() < last.notBefore) continue;
    const why = await bind(node, options, signal);
    if (why === null) {
      tries.delete(node.name);
      log.info("a node's power devices are bound to it", { node: node.name });
      continue;
    }
    if (last?.of !== of || last.why !== why) {
      log.warn("a node's power devices are not bound to it", { node: node.name, why });
    }
    const waitMs = last?.of === of ? Math.min(last.waitMs * 2, retryMaxMs) : retryMs;
    tries.set(node.name, { of, why, waitMs, notBefore: clock.monotonic() + waitMs });
  }
}

/**
 * While its node lives, what was bound before an edit of its devices, or of another machine, is forgotten for good: an edit
 * that is taken back later says nothing of what the device switches by then.
 */
async function withdrawStale({ store, keys, feed, guard, log }: BindOptions): Promise<void> {
  const { state } = feed;
  const { seen, told } = state.bindings;
  const stale = [
    ...[...seen.values()].filter((one) => isStale(one, state)).map(({ node }) => keys.bound(node)),
    ...[...told.values()].filter((one) => isStale(one, state)).map(({ node }) => keys.boundByHand(node)),
  ];
  for (const key of stale) {
    const item = await store.get(key);
    // It may have been bound anew meanwhile.
    if (item === null || !isStale(decode<Binding>(item), state)) continue;
    log.warn("the node's power devices were edited, or it is another machine: they are to be bound anew", {
      key,
    });
    const compare = [
      guard,
      { key: keys.head, modRevision: state.applied.revision },
      { key, modRevision: item.modRevision },
    ];
    await store.transact({ compare, then: [{ delete: key }] });
  }
}

function isStale({ node, machineId, digest }: Binding, { nodes, desired }: Sight): boolean {
  const alive = nodes.get(node)?.alive ?? null;
  if (alive === null) return false;
  const document = desired.nodes.get(node);
  return alive.machineId !== machineId || (document !== undefined && bmcDigest(document) !== digest);
}

/** Nodes that live, and whose devices do not count yet. */
function unboundNodes(state: Sight): readonly Node[] {
  return [...state.desired.nodes.values()].filter(
    (node) => node.bmc.length > 0 && state.nodes.get(node.name)?.alive != null && !isBound(node, state),
  );
}

/** Null: bound. Else why not. */
async function bind(node: Node, options: BindOptions, signal: AbortSignal): Promise<string | null> {
  const { store, keys, clock, feed, open, id, guard } = options;
  const head = feed.state.applied.revision;
  const before = await lifeOf(node.name, options);
  if (before === null) return "the node does not live";
  const uuids = systemUuidsOf(node.name, before.alive, feed.state.nodes.observed);
  const devices = node.bmc.map((bmc) => open(bmc, node.name));
  const why = indistinct(uuids) ?? whyUnproven(await askDevices(devices, uuids, signal), uuids);
  if (why !== null) return why;
  const binding: Binding = {
    node: node.name,
    digest: bmcDigest(node),
    machineId: before.alive.machineId,
    by: "uuid",
    who: id,
    at: clock.now(),
  };
  const compare = [
    guard,
    // The very life that was there before the devices were read, and the definitions that they were read by.
    { key: keys.alive(node.name), modRevision: before.revision },
    { key: keys.head, modRevision: head },
  ];
  const then = [{ put: keys.bound(node.name), value: encode(binding) }];
  const { ok } = await store.transact({ compare, then });
  return ok ? null : "something changed meanwhile";
}
