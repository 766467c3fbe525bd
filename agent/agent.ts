import type { Clock } from "../reconciler/model/clock.ts";
import type { StepRecord } from "../reconciler/model/journal.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { AgentPresence, Alive } from "../reconciler/model/observed.ts";
import type { Placement } from "../reconciler/model/placement.ts";
import type { Progress } from "../reconciler/model/step.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { type ClusterKeys, clusterKeys } from "../reconciler/store/keys.ts";
import type { Revision, Store } from "../reconciler/store/store.ts";
import { type StoreTrust, unwaveringTrust } from "../reconciler/store/trust/trust.ts";
import { Endings } from "./endings.ts";
import type { HeldKey } from "./held-key.ts";
import type { Hypervisor } from "./hypervisor/hypervisor.ts";
import { type EntryChange, KeyView } from "./key-view.ts";
import { Lookout } from "./lookout.ts";
import { agentPresence } from "./presence.ts";
import { Publisher } from "./publisher.ts";
import { concerns } from "./records.ts";
import { Standing } from "./standing.ts";
import { StepRunner } from "./step-runner.ts";

/** The version of what agents and leaders write for each other. */
export const agentProtocol = 1;

export interface AgentOptions {
  readonly node: NodeName;
  readonly cluster: string;
  /** Of the kernel this agent runs on; a heartbeat with another one is not this node's. */
  readonly bootId: string;
  readonly version: string;
  readonly store: Store;
  readonly hypervisor: Hypervisor;
  readonly clock: Clock;
  readonly log: Log;
  readonly intervals?: Partial<AgentIntervals>;
  /** Where it is left out, the store is believed whatever it says. */
  readonly trust?: StoreTrust;
}

/** All in milliseconds. */
export interface AgentIntervals {
  /** Time to live of the agent's own lease. */
  readonly lease: number;
  /** Between two readings of the hypervisor, where nothing says that it changed. */
  readonly read: number;
  /** Between two reports of free memory and load alone. */
  readonly measure: number;
  /** Between two live reports of one step. */
  readonly report: number;
}

export const defaultIntervals: AgentIntervals = {
  lease: 10_000,
  read: 5_000,
  measure: 30_000,
  report: 2_000,
};

/**
 * The agent of one node: tells what its hypervisor shows, claims the steps that the leader released for it and carries
 * them out. It chooses nothing, and keeps nothing but what the store and the hypervisor know: killed at any moment,
 * its successor goes on from there. Guests are never touched but by steps.
 *
 * Returns when `signal` is aborted, with everything left as it is. The caller closes store and hypervisor.
 *
 * @throws AgentReplacedError when a newer agent was started for the node.
 */
export async function runAgent(options: AgentOptions, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const agent = new Agent(options, AbortSignal.any([signal, over.signal]), (error) => over.abort(error));
  try {
    await agent.run();
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    over.abort();
  }
}

class Agent {
  readonly #options: AgentOptions;
  readonly #intervals: AgentIntervals;
  readonly #signal: AbortSignal;
  readonly #keys: ClusterKeys;
  readonly #presence: HeldKey;
  readonly #alive: KeyView<Alive>;
  readonly #placements: KeyView<Placement>;
  readonly #steps: KeyView<StepRecord>;
  readonly #progress: KeyView<Progress>;
  readonly #standing: Standing;
  readonly #trust: StoreTrust;
  readonly #endings = new Endings();
  readonly #lookout: Lookout;
  readonly #publisher: Publisher;
  readonly #runner: StepRunner;
  /** The last revision at which a placement changed that names this node. */
  #concernedAt: Revision = 0;
  /** All views are loaded: what is not in them is not in the store. */
  #isReady = false;

  constructor(options: AgentOptions, signal: AbortSignal, fail: (error: unknown) => void) {
    const { node, store, hypervisor, clock, log } = options;
    const keys = clusterKeys(options.cluster);
    this.#options = options;
    this.#intervals = { ...defaultIntervals, ...options.intervals };
    this.#signal = signal;
    this.#keys = keys;
    this.#trust = options.trust ?? unwaveringTrust(keys.store);
    const shared = { store, clock, log };
    const onStanding = () => this.#standingChanged();
    const onSteps = () => this.#consider();
    this.#alive = new KeyView({ ...shared, prefix: keys.alive(node), onChange: onStanding });
    this.#steps = new KeyView({ ...shared, prefix: keys.steps(node), onChange: onSteps });
    this.#progress = new KeyView({ ...shared, prefix: keys.progress(node, ""), onChange: onSteps });
    this.#placements = new KeyView({
      ...shared,
      prefix: keys.placement(""),
      onChange: (changes, revision) => this.#placementsChanged(changes, revision),
    });
    this.#presence = this.#makePresence(onStanding);
    this.#standing = this.#makeStanding();
    this.#lookout = this.#makeLookout();
    this.#publisher = this.#makePublisher();
    const shop = {
      ...shared,
      node,
      keys,
      hypervisor,
      lookout: this.#lookout,
      publisher: this.#publisher,
      standing: this.#standing,
      trust: this.#trust,
      placements: this.#placements,
      willEnd: (domainId: string) => this.#endings.asked(domainId),
      reportEveryMs: this.#intervals.report,
    };
    this.#runner = new StepRunner({ shop, steps: this.#steps, progress: this.#progress, fail }, signal);
  }

  async run(): Promise<void> {
    const unsubscribe = this.#options.hypervisor.onChange(() => {
      this.#lookout.lookNow();
      this.#runner.ring();
    });
    const unsubscribeTrust = this.#trust.subscribe((readAnew) => this.#trustChanged(readAnew));
    const loops = [
      this.#presence.run(this.#signal),
      ...this.#views.map((view) => view.run(this.#signal)),
      this.#lookout.run(this.#signal),
      this.#publisher.run(this.#signal),
    ];
    try {
      await Promise.all(loops);
    } finally {
      unsubscribe();
      unsubscribeTrust();
    }
  }

  get #views() {
    return [this.#alive, this.#placements, this.#steps, this.#progress];
  }

  /** Whatever is known may be of a store that is no more: all is listed, looked at and told anew. */
  #trustChanged(readAnew: boolean): void {
    if (!readAnew) {
      this.#standingChanged();
      return;
    }
    this.#isReady = false;
    this.#concernedAt = 0;
    for (const view of this.#views) view.relist();
    this.#publisher.distrust();
    this.#runner.ring();
  }

  /** Nothing is taken up, and nothing told, before it is known what there is. */
  #consider(): void {
    if (!this.#isReady) {
      if (this.#views.some(({ revision }) => revision === 0)) return;
      this.#isReady = true;
      this.#lookout.lookNow();
    }
    this.#runner.consider();
  }

  /** The node's life or this agent's hold on its key: what was waiting for it goes on, and is reported anew. */
  #standingChanged(): void {
    this.#consider();
    this.#runner.ring();
    this.#publisher.distrust();
    this.#lookout.lookNow();
    this.#publisher.publishNow();
  }

  #placementsChanged(changes: readonly EntryChange<Placement>[], revision: Revision): void {
    const { node } = this.#options;
    for (const { before, after } of changes) {
      const { epoch = 0, moving = null } = after?.value ?? {};
      this.#trust.sawEpoch(Math.max(epoch, moving?.epoch ?? 0));
      if (!concerns(before?.value ?? null, node) && !concerns(after?.value ?? null, node)) continue;
      this.#concernedAt = Math.max(this.#concernedAt, after?.modRevision ?? revision);
      this.#lookout.lookNow();
      this.#runner.ring();
    }
    this.#consider();
  }

  #makePresence(onChange: () => void): HeldKey {
    const { node, version, hypervisor, store, clock, log } = this.#options;
    const presence: AgentPresence = {
      version,
      protocol: agentProtocol,
      driver: hypervisor.driver,
      startedAt: clock.now(),
    };
    const key = this.#keys.agent(node);
    return agentPresence({
      node,
      key,
      presence,
      store,
      clock,
      log,
      leaseMs: this.#intervals.lease,
      onChange,
    });
  }

  #makeStanding(): Standing {
    const { node, bootId } = this.#options;
    return new Standing({
      aliveKey: this.#keys.alive(node),
      bootId,
      alive: this.#alive,
      presence: this.#presence,
    });
  }

  #makeLookout(): Lookout {
    const { hypervisor, clock, log } = this.#options;
    return new Lookout(
      {
        hypervisor,
        clock,
        log,
        everyMs: this.#intervals.read,
        session: () => this.#standing.session(),
        seen: () => this.#placements.revision,
        storeRecord: () => recordKnown(this.#trust),
        onLook: ({ reading }) => {
          this.#endings.prune(reading);
          this.#publisher.publishNow();
        },
        onTrouble: () => this.#publisher.publishNow(),
      },
      this.#signal,
    );
  }

  #makePublisher(): Publisher {
    const { node, store, hypervisor, clock, log } = this.#options;
    return new Publisher(
      {
        node,
        keys: this.#keys,
        store,
        hypervisor,
        clock,
        log,
        lookout: this.#lookout,
        standing: this.#standing,
        isReady: () => this.#isReady,
        placementOf: (vm) => this.#placements.get(this.#keys.placement(vm))?.value ?? null,
        isStopping: (vm) => this.#runner.isStopping(vm),
        isAsked: this.#endings.isAsked,
        isBusy: (vm) => this.#runner.isBusy(vm),
        concernedAt: () => this.#concernedAt,
        epochSeen: () => this.#trust.epoch,
        measureEveryMs: this.#intervals.measure,
      },
      this.#signal,
    );
  }
}

function recordKnown({ state }: StoreTrust): Revision {
  return state.state === "unknown" ? 0 : state.record;
}
