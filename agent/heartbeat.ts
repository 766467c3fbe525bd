import type { Clock } from "../reconciler/model/clock.ts";
import type { FenceRecord } from "../reconciler/model/fence.ts";
import type { LeaseRecord } from "../reconciler/model/lease.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Alive, DirectPlace, Seen } from "../reconciler/model/observed.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { decode, encode } from "../reconciler/store/codec.ts";
import { clusterKeys } from "../reconciler/store/keys.ts";
import { type KeyValue, type Store, StoreError } from "../reconciler/store/store.ts";
import { type Admission, HeldKey } from "./held-key.ts";

export interface HeartbeatOptions {
  readonly node: NodeName;
  readonly cluster: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly machineId: string;
  readonly bootId: string;
  readonly systemUuid?: string | null;
  readonly address: string | null;
  /** Where it answers the leader directly; left out: nowhere. */
  readonly answersAt?: DirectPlace;
  /** Of the machine's network. */
  readonly addresses?: readonly string[];
  /** Left out: what the cluster says, also where that changes. */
  readonly leaseMs?: number;
  /** On a planned stop the node counts as gone at once, instead of when the lease ends. */
  readonly revokeOnStop?: boolean;
  readonly log: Log;
}

const defaultLeaseMs = 10_000;

/**
 * Says that the node lives: `node/<n>/alive` under a lease, and nothing else. It is a process of its own so that agents
 * can be restarted, and can fail, without the node being taken for dead. Returns when `signal` is aborted.
 *
 * The key is made where it is absent. Where it is there already, of the same machine and the same boot, a heartbeat
 * that starts takes it over from its predecessor: the kernel is the same, so what was alive then is what is alive now,
 * and no guest of before can have died by a reboot that nobody would hear of. Of another boot it waits until that key
 * has expired: the end of the old session must be seen by those who watch. The same of another machine, and that is an
 * error for somebody to mend: two machines go by one name.
 *
 * While a round of fencing runs the key is not made: whoever is being powered off must not be taken for alive. Then the
 * machine's ids are left in `node/<n>/seen` alone, where they stand in any case once `alive` is gone.
 */
export async function runHeartbeat(options: HeartbeatOptions, signal: AbortSignal): Promise<void> {
  const { node, cluster, store, clock, log, machineId, bootId, address, systemUuid = null } = options;
  const alive: Alive = { machineId, bootId, address, ...(systemUuid === null ? {} : { systemUuid }) };
  const heldKey = new HeldKey({
    key: clusterKeys(cluster).alive(node),
    value: encode(alive),
    leaseMs: options.leaseMs ?? defaultLeaseMs,
    store,
    clock,
    log,
    onHeld: (held, isStart) => judge(held, isStart, options),
    admission: () => admit(options),
    ...(options.leaseMs === undefined && { wantedLeaseMs: () => leaseOfCluster(options) }),
  });
  try {
    await heldKey.run(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (options.revokeOnStop === true) await heldKey.release();
}

function judge(held: KeyValue, isStart: boolean, options: HeartbeatOptions): "replace" | "wait" {
  const { node, machineId, bootId, log } = options;
  const other = decode<Alive>(held);
  if (other.machineId !== machineId) {
    log.error("another machine is alive under this node's name", { node, machineId, other: other.machineId });
    return "wait";
  }
  if (other.bootId !== bootId) {
    log.info("waiting for the lease of the boot before to end", { node });
    return "wait";
  }
  if (isStart) return "replace";
  log.warn("another heartbeat of this boot has taken over, standing by", { node });
  return "wait";
}

/** Null: a round runs, or the name belongs to another machine. */
async function admit(options: HeartbeatOptions): Promise<Admission | null> {
  const { node, cluster, store, machineId, bootId, answersAt, addresses, log } = options;
  const keys = clusterKeys(cluster);
  const held = await store.get(keys.seen(node));
  const before = held === null ? null : decode<Seen>(held);
  const fence = await store.get(keys.fence(node));
  const ms = options.leaseMs === undefined ? await leaseOfCluster(options) : null;
  const replaced = fence === null ? undefined : replacedIn(decode<FenceRecord>(fence));
  if (replaced === machineId) {
    log.error("this machine was replaced; another one goes by the node's name", { node, machineId });
    return null;
  }
  if (before !== null && before.machineId !== machineId && before.machineId !== replaced) {
    log.error(
      "another machine is known under this node's name; `keel node replace` gives the name to this one",
      {
        node,
        machineId,
        known: before.machineId,
      },
    );
    return null;
  }
  const pins = [
    { key: keys.fence(node), modRevision: fence?.modRevision ?? 0 },
    { key: keys.seen(node), modRevision: held?.modRevision ?? 0 },
  ];
  const asFarAsKnown = { ...(answersAt && { answersAt }), ...(addresses && { addresses }) };
  const seen = (alive: boolean) => {
    const record: Seen = { machineId, bootId, alive, ...asFarAsKnown };
    return { put: keys.seen(node), value: encode(record) };
  };
  const isCut = fence !== null && decode<FenceRecord>(fence).phase === "cutting";
  const leaseMs = ms === null ? {} : { leaseMs: ms };
  if (!isCut) return { compare: pins, then: [seen(true)], ...leaseMs };
  if (before?.bootId !== bootId || before.alive) {
    log.warn("this node is being fenced; it stays away until that is over", { node });
    await store.transact({ compare: pins, then: [seen(false)] });
  }
  return null;
}

/** Null: no leader has told yet, or this part may not know: then its node lives on under the lease that it has. */
async function leaseOfCluster({ cluster, store, log }: HeartbeatOptions): Promise<number | null> {
  try {
    const item = await store.get(clusterKeys(cluster).lease);
    return item === null ? null : decode<LeaseRecord>(item).ms;
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "denied") throw error;
    log.warn("the lease of the cluster cannot be read", { why: error.message });
    return null;
  }
}

/** The machine whose name was given away. */
function replacedIn(record: FenceRecord): string | undefined {
  return "replaced" in record ? record.replaced : undefined;
}
