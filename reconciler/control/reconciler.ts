/** The reconciler: stands for election, and leads while it holds the lease. Any number may run; one leads. */
import type { Clock } from "../model/clock.ts";
import type { Log } from "../runtime/log.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { StoreMaintenance } from "../store/maintenance.ts";
import type { Store } from "../store/store.ts";
import { type StoreTrust, untilTrusted, unwaveringTrust } from "../store/trust/trust.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { keepBound } from "./fence/bind.ts";
import type { OpenDevice } from "./fence/bindings.ts";
import { type FenceDevices, noDevices } from "./fence/fence-device.ts";
import { type ImageStore, noImages } from "./fence/image-store.ts";
import { keepHouse } from "./housekeeping.ts";
import { LeaveToOthers } from "./fence/leave-to-others.ts";
import { lead, type LeaderHost, loneHost } from "./leader-loop.ts";
import { campaign, type Leadership } from "./leadership.ts";
import { Rounds, tellRounds } from "./rounds.ts";

export interface ReconcilerOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  /** Kept up to date by the caller, who shares it with what else reads the cluster in this process. */
  readonly feed: ClusterFeed;
  /** Names this process among the reconcilers. */
  readonly id: string;
  /** Of the same store, for the leader to look after; left out: somebody else does. */
  readonly maintenance?: StoreMaintenance;
  /** The power devices of the nodes; left out: there are none that this process knows how to use. */
  readonly devices?: FenceDevices;
  /** Where images are that all nodes share; left out: this process does not reach it. */
  readonly images?: ImageStore;
  /** Opens one that is not known to be the node's yet, to find out; left out: nobody does. */
  readonly openDevice?: OpenDevice;
  /** What this machine is and can, for fencing; left out: it can ask nobody, and is no node's. */
  readonly host?: Omit<LeaderHost, "leavesToOthers">;
  /** Where it is left out, the store is believed whatever it says. */
  readonly trust?: StoreTrust;
}

/** Those who stand by hear of it at once; they are to be first. */
const standBackMs = 5_000;

/** Runs until `signal` is aborted, then hands the leadership over. */
export async function runReconciler(options: ReconcilerOptions, signal: AbortSignal): Promise<void> {
  const { clock, keys, log, id, feed, trust = unwaveringTrust(keys.store) } = options;
  const left = new LeaveToOthers(clock);
  const host = { ...loneHost, ...options.host, leavesToOthers: (incident: string) => left.mayNow(incident) };
  const unsubscribe = trust.subscribe((readAnew) => {
    if (readAnew) feed.relist();
  });
  try {
    while (!signal.aborted) {
      log.info("standing for election", { id });
      const leadership = await elected(options, trust, signal);
      if (leadership === null) continue;
      const end = await serve({ ...options, host }, leadership, trust, signal);
      if (end === "step down") await clock.sleep(standBackMs, signal).catch(() => undefined);
    }
  } finally {
    unsubscribe();
  }
}

/** Null: asked to end, or the store is not the one that it was; one waits there for keys of the past. */
async function elected(
  { store, keys, clock, id }: ReconcilerOptions,
  trust: StoreTrust,
  signal: AbortSignal,
): Promise<Leadership | null> {
  const until = AbortSignal.any([signal, trust.until]);
  try {
    return await campaign(store, keys.leader, id, clock, until);
  } catch (error) {
    if (until.aborted) return null;
    throw error;
  }
}

/** As long as the leadership lasts. In a frozen store it is held on to, and not used. */
async function serve(
  options: ReconcilerOptions & { readonly host: LeaderHost },
  leadership: Leadership,
  trust: StoreTrust,
  signal: AbortSignal,
): Promise<"over" | "step down"> {
  const { log, id } = options;
  const until = AbortSignal.any([signal, leadership.lost]);
  log.info("leading", { id });
  const over = new AbortController();
  const untilOver = AbortSignal.any([signal, over.signal]);
  const rounds = new Rounds();
  const chores = [
    keepHouseFor(options, leadership, untilOver),
    keepBoundFor(options, leadership, trust, untilOver),
    tellRounds({ ...options, rounds, guard: leadership.guard }, untilOver),
  ];
  try {
    while (!until.aborted) {
      await untilTrusted(trust, until);
      const { devices = noDevices, images = noImages } = options;
      const end = await lead({ ...options, leadership, trust, devices, images, rounds }, signal);
      if (end === "step down") return end;
    }
  } catch (error) {
    if (!until.aborted) throw error;
  } finally {
    over.abort();
    await leadership.resign();
    await Promise.all(chores);
    log.info("no longer leading", { id });
  }
  return "over";
}

async function keepBoundFor(
  options: ReconcilerOptions,
  { guard, lost }: Leadership,
  trust: StoreTrust,
  signal: AbortSignal,
): Promise<void> {
  const { openDevice: open } = options;
  if (open === undefined) return;
  const until = AbortSignal.any([signal, lost]);
  try {
    while (!until.aborted) {
      await untilTrusted(trust, until);
      await keepBound({ ...options, open, guard }, AbortSignal.any([until, trust.until]));
    }
  } catch (error) {
    if (!until.aborted) throw error;
  }
}

async function keepHouseFor(
  options: ReconcilerOptions,
  { guard, lost }: Leadership,
  signal: AbortSignal,
): Promise<void> {
  const { maintenance } = options;
  if (maintenance === undefined) return;
  const cluster = options.feed.state.desired.cluster.name;
  await keepHouse({ ...options, cluster, maintenance, guard }, AbortSignal.any([signal, lost]));
}
