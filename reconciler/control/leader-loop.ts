/**
 * The control loop of the leader: look, plan, write, wait for the next change. It keeps no memory of what it meant to
 * do: each turn starts from the records as they are, so a lost event or a new leader costs time and nothing else.
 *
 * A turn begins only once the feed has caught up with everything that the former turn wrote; planning on a state that
 * lacks its own decisions would give the same room away twice.
 */
import type { Clock } from "../model/clock.ts";
import { plan } from "../plan/plan.ts";
import { readNodes } from "../plan/node-facts.ts";
import type { Plan } from "../model/plan.ts";
import type { Log } from "../runtime/log.ts";
import type { AskDirectly } from "../runtime/direct/ask.ts";
import { Wakeup } from "../runtime/wakeup.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { StoreMaintenance } from "../store/maintenance.ts";
import { type Change, type Compare, type Revision, type Store, StoreError } from "../store/store.ts";
import type { StoreTrust } from "../store/trust/trust.ts";
import type { ClusterFeed } from "./cluster-feed.ts";
import { Collector } from "./collector.ts";
import { EventLog, nextEvent } from "./event-log.ts";
import { Attention } from "./fence/attention.ts";
import { StoreMembers } from "./fence/store-members.ts";
import type { FenceDevices } from "./fence/fence-device.ts";
import type { ImageStore } from "./fence/image-store.ts";
import { Fencing } from "./fence/fencing.ts";
import { lasts } from "./fence/permitted.ts";
import { type Leadership, leaderLeaseMs } from "./leadership.ts";
import { presentInput } from "./plan-input.ts";
import { soonest } from "../model/soonest.ts";
import { dropVoid, nextExpiry } from "./requests.ts";
import type { Rounds } from "./rounds.ts";
import { settleSteps } from "./settle.ts";
import { cancelStep, releaseStep, type Decision, type Writer, writeRecord } from "./transactions.ts";
import { Watchfulness } from "./watchfulness.ts";

export interface LeaderOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
  readonly feed: ClusterFeed;
  readonly leadership: Leadership;
  readonly trust: StoreTrust;
  /** The power devices of the nodes. */
  readonly devices: FenceDevices;
  /** Where images are that all nodes share. */
  readonly images: ImageStore;
  /** Of the store as a whole; left out: none of its members runs on a node. */
  readonly maintenance?: StoreMaintenance;
  readonly host: LeaderHost;
  /** Hears how long each takes. */
  readonly rounds: Rounds;
}

/** The machine that the leader runs on, as far as fencing depends on it. */
export interface LeaderHost {
  /** Null: nobody knows. */
  readonly bootId: string | null;
  readonly ask: AskDirectly;
  readonly resolve: (host: string) => Promise<readonly string[]>;
  /** Whether to step down now, so that another leader judges this incident: it is of this very machine. */
  readonly leavesToOthers: (incident: string) => boolean;
}

/** Of a process that can ask nobody. */
export const loneHost: LeaderHost = {
  bootId: null,
  ask: () => Promise.resolve(null),
  resolve: () => Promise.resolve([]),
  leavesToOthers: () => false,
};

/** Transactions of one turn that are under way at once. */
const writesAtOnce = 32;
/**
 * The loop rests at least this many times as long as it thought, so that a large cluster does not eat a core. Waiting
 * for the store eats none.
 */
const restRatio = 2;
const retryMs = 1_000;

/**
 * Leads until the lease is lost, the store may not be believed any more, or `signal` is aborted; then returns. `step down`:
 * it should leave the leadership to somebody on another machine.
 */
export async function lead(options: LeaderOptions, signal: AbortSignal): Promise<"over" | "step down"> {
  const { clock, feed, leadership, log, trust } = options;
  const over = new AbortController();
  const until = AbortSignal.any([signal, leadership.lost, trust.until, over.signal]);
  const wakeup = new Wakeup(clock);
  const fencing = startFencing(options, wakeup, until);
  const turn = new Turns(options, fencing.fencing);
  const unsubscribe = feed.subscribe((changes) => {
    const matters = changes.length === 0 || changes.some((change) => isRead(change, feed.state.root));
    if (matters) wakeup.ring();
  });
  try {
    while (!until.aborted) {
      const { mark } = wakeup;
      const wakeInMs = await attempt(turn, log, until);
      if (turn.othersToJudge !== null && options.host.leavesToOthers(turn.othersToJudge)) return "step down";
      await clock.sleep(turn.thoughtMs * restRatio, until);
      await wakeup.wait(mark, wakeInMs, until);
    }
  } catch (error) {
    if (!until.aborted) throw error;
  } finally {
    unsubscribe();
    over.abort();
    await fencing.ended();
  }
  return "over";
}

/** It looks with the leader's turns, and by itself at whether it can see. */
function startFencing(options: LeaderOptions, wakeup: Wakeup, signal: AbortSignal) {
  const { clock, devices, images, keys, leadership, store, host, maintenance } = options;
  const { ask, bootId, resolve } = host;
  const attention = new Attention({ clock, store, key: keys.leader, ask, onChange: wakeup.ring });
  const isWanted = () => attention.isWatching;
  const members = new StoreMembers({ clock, maintenance, resolve, isWanted, onChange: wakeup.ring });
  const { term } = leadership;
  const shared = {
    clock,
    devices,
    images,
    attention,
    members,
    bootId,
    term,
    mayCut: (until: AbortSignal) => lasts({ store, clock, leaderKey: keys.leader, term }, until),
    onEnd: wakeup.ring,
  };
  const fencing = new Fencing(shared, signal);
  const attending = [attention.run(signal), members.run(signal)];
  const ended = async (): Promise<void> => {
    await Promise.all(attending);
    await fencing.ended();
  };
  return { fencing, ended };
}

/** One turn; a store that fails is looked at again a little later. */
async function attempt(turns: Turns, log: Log, signal: AbortSignal): Promise<number | null> {
  try {
    return await turns.turn(signal);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    log.warn("a turn of the control loop failed", { why: error.message });
    return retryMs;
  }
}

class Turns {
  /** How long the last turn took to decide. */
  thoughtMs = 0;
  /** As in `Look`, of the last turn. */
  othersToJudge: string | null = null;
  readonly #options: LeaderOptions;
  readonly #watchfulness: Watchfulness;
  readonly #collector: Collector;
  readonly #fencing: Fencing;
  #events: EventLog | null = null;
  /** What the former turn wrote last. */
  #written: Revision = 0;

  constructor(options: LeaderOptions, fencing: Fencing) {
    this.#options = options;
    this.#fencing = fencing;
    this.#watchfulness = new Watchfulness(options.clock.monotonic(), leaderLeaseMs);
    this.#collector = new Collector(options.clock, options.log);
  }

  /** Looks, plans and writes once. Returns in how many milliseconds time alone makes another turn worthwhile. */
  async turn(signal: AbortSignal): Promise<number | null> {
    const { clock, feed, rounds, trust } = this.#options;
    await feed.reached(this.#written, signal);
    const believed = trust.guard();
    if (believed === null || feed.state.applied.head === null) return null;
    const began = clock.monotonic();
    try {
      return await this.#round(believed, signal);
    } finally {
      rounds.add(clock.monotonic() - began);
    }
  }

  async #round(believed: Compare, signal: AbortSignal): Promise<number | null> {
    const { clock, feed, keys, leadership } = this.#options;
    const { state } = feed;
    const began = clock.monotonic();
    const now = clock.now();
    const input = presentInput(state, now);
    const sight = this.#watchfulness.look(readNodes(input).values(), clock.monotonic());
    const { selectorsOpen, unsettled } = sight;
    const policy = { ...input.policy, selectorsOpen, unsettled };
    const planned = plan({ ...input, policy });
    this.#events ??= new EventLog(
      keys,
      "leader",
      () => clock.now(),
      nextEvent(state.events.values(), "leader"),
    );
    const writer: Writer = { keys, guard: [leadership.guard, believed], events: this.#events, now };
    const fences = this.#fencing.look({ state, input: { ...input, policy }, planned, writer });
    this.othersToJudge = fences.othersToJudge;
    const decided = [...decisions(writer, state, planned), ...fences.transactions];
    this.thoughtMs = clock.monotonic() - began;
    await this.#write(decided, signal);
    const collected = await this.#collect(state.applied.revision, writer);
    const wakeInMs = planned.wakeAt === null ? null : planned.wakeAt - now;
    const expiry = nextExpiry(state.requests);
    const expiresInMs = expiry === null ? null : Math.max(0, expiry - now);
    return soonest(wakeInMs, sight.changesInMs, fences.wakeInMs, collected, expiresInMs);
  }

  /** Once all that matters is written. Returns in how many milliseconds it is worth another look. */
  async #collect(head: Revision, { keys, guard, now }: Writer): Promise<number | null> {
    const options = { store: this.#options.store, keys, guard, now };
    const { revision, wakeInMs } = await this.#collector.turn(head, options);
    this.#written = Math.max(this.#written, revision);
    return wakeInMs;
  }

  /** A refused transaction was planned on something that has changed meanwhile: the next turn plans it anew. */
  async #write(transactions: readonly Decision[], signal: AbortSignal): Promise<void> {
    const { log, store, trust } = this.#options;
    const queue = [...transactions];
    const next = async (): Promise<void> => {
      for (let one = queue.shift(); one !== undefined; one = queue.shift()) {
        signal.throwIfAborted();
        const highest = trust.highest();
        const result = await store.transact(one.transaction);
        if (!trust.confirm(highest, result.revision)) return;
        this.#written = Math.max(this.#written, result.revision);
        if (!result.ok) log.debug("a decision was overtaken", { about: one.about });
      }
    };
    const workers = Array.from({ length: Math.min(writesAtOnce, queue.length) }, next);
    const ends = await Promise.allSettled(workers);
    const failed = ends.find((end) => end.status === "rejected");
    if (failed === undefined) return;
    // Some outcome is unknown: go on only from a state that is at least as new as whatever happened.
    this.#written = Math.max(this.#written, (await store.list(this.#options.keys.leader)).revision);
    throw failed.reason;
  }
}

/** What this turn writes: ended steps first, then what is no longer wanted, then what is to be done now. */
function decisions(writer: Writer, state: ClusterFeed["state"], planned: Plan): Decision[] {
  const settled = settleSteps(writer, state);
  const busy = new Set(settled.map(({ about }) => about));
  return [
    ...settled,
    ...planned.cancels.filter((c) => !busy.has(c.released.step.vm)).map((c) => cancelStep(writer, state, c)),
    ...planned.records.map((record) => writeRecord(writer, state, record)),
    ...planned.steps
      .filter((step) => step.waits === null && step.after.length === 0)
      .map((step) => releaseStep(writer, state, step)),
    ...dropVoid(writer, state),
  ];
}

/** Records that decisions are made from; the others (events, sources) ring no bell. */
const read = [
  "placement/",
  "node/",
  "step/",
  "progress/",
  "request/",
  "desired/",
  "tries/",
  "volume/",
  "identity/",
  "fence/",
  "maintenance",
];

function isRead(change: Change, root: string): boolean {
  const key = change.type === "put" ? change.item.key : change.key;
  return read.some((area) => key.startsWith(area, root.length));
}
