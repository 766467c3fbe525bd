/** Plays a scenario: the real planner, control loop and agents in virtual time, and a referee who watches. */
import { planOf, reportCluster } from "../../reconciler/control/report/cluster-report.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import { renderIssues } from "../../reconciler/desired/issues/render-issues.ts";
import type { NodeName, ObjectId, VmName } from "../../reconciler/model/names.ts";
import { describeReason } from "../../reconciler/model/reasons.ts";
import type { ClusterReport } from "../../reconciler/model/report.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { VirtualCluster } from "../virtual-cluster.ts";
import { Actor } from "./actor.ts";
import { Chronicle } from "./chronicle.ts";
import { unmetOf } from "./expectations.ts";
import { finalOf, type Outcome } from "./outcome.ts";
import { Referee } from "./referee.ts";
import { Restlessness } from "./restlessness.ts";
import type { Scenario, ScenarioEvent } from "./scenario.ts";
import { ScenarioError } from "./scenario-error.ts";
import { Stillness } from "./stillness.ts";
import { warmUpDocuments, warmUpMs } from "./warm-up.ts";

/** The first moment of every scenario. */
const beginning = Date.UTC(2026, 0, 1);
const reconcilers = ["r1", "r2", "r3"];
/** The cluster is warm once nothing has changed for so long. */
const warmMs = 5_000;
/** Until the first moment no message takes longer: how the cluster came to be there is no part of the scenario. */
const warmUpMessageMs = 10;
/** How often it is looked whether all is still. */
const lookEveryMs = 1_000;

/** Looks on just before each event happens. */
export type Observer = (event: ScenarioEvent, moment: Moment) => void;

export interface Moment {
  readonly state: ClusterState;
  readonly now: number;
  /** Whether a guest of that name really runs. */
  readonly runs: (vm: VmName) => boolean;
}

/** @throws ScenarioError where the cluster cannot be as the scenario begins */
export async function simulate(scenario: Scenario, observer?: Observer): Promise<Outcome> {
  const simulation = new Simulation(scenario, observer ?? null);
  try {
    return await simulation.play();
  } finally {
    await simulation.end();
  }
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #observer: Observer | null;
  readonly #clock = new VirtualClock(beginning - warmUpMs);
  readonly #cluster: VirtualCluster;
  readonly #referee = new Referee(() => this.#seconds());
  readonly #restlessness = new Restlessness();
  readonly #stillness: Stillness;
  readonly #chronicle: Chronicle;
  readonly #actor: Actor;
  /** The scenario's first moment on the monotonic clock. */
  #beganAt = 0;

  constructor(scenario: Scenario, observer: Observer | null) {
    this.#scenario = scenario;
    this.#observer = observer;
    const clock = this.#clock;
    const referee = this.#referee;
    const { hardware } = scenario;
    const now = () => clock.now();
    this.#cluster = new VirtualCluster({
      clock,
      nodes: [],
      messageMs: hardware.standard.messageMs,
      onGuest: (event) => {
        this.#chronicle.witness(event);
      },
      onBoot: () => {
        this.#stillness.stir(now());
      },
      onBmc: (use) => {
        this.#chronicle.tell({ kind: "power", ...use });
      },
    });
    const state = () => this.#cluster.feed.state;
    const messages = [hardware.standard, ...hardware.nodes.values()].map(({ messageMs }) => messageMs);
    this.#stillness = new Stillness(state, now(), Math.max(...messages));
    this.#chronicle = new Chronicle({ referee, state, now, seconds: () => this.#seconds() });
    this.#actor = new Actor({
      cluster: this.#cluster,
      clock,
      chronicle: this.#chronicle,
      referee,
      hardware,
      onStir: () => {
        this.#stillness.stir(now());
      },
    });
    this.#cluster.feed.subscribe((changes) => {
      this.#stillness.heed(changes, now());
      this.#chronicle.heed();
      this.#endQuarrels();
    });
  }

  async play(): Promise<Outcome> {
    await this.#warmUp();
    for (const event of this.#scenario.events) {
      if (this.#isOver(event.at)) break;
      await this.#advanceTo(event.at);
      this.#observer?.(event, {
        state: this.#cluster.feed.state,
        now: this.#clock.now(),
        runs: (vm) => this.#cluster.machineOf(vm) !== null,
      });
      await this.#actor.perform(event);
      this.#inspect();
      this.#stillness.stir(this.#clock.now());
    }
    const settledAt = await this.#playOut();
    if (settledAt !== null) this.#referee.inspectAtRest(this.#report(), this.#volumes());
    return this.#outcome(settledAt);
  }

  /** Without messages' delays a control loop that does not come to rest would go on for ever in one instant. */
  #endQuarrels(): void {
    const vm = this.#restlessness.heed(this.#cluster.feed.state.released(), this.#clock.now());
    if (vm === null) return;
    this.#referee.broken("rests", `${vm} is given one step after another, and none is seen through`);
    for (const id of reconcilers) this.#cluster.kill(`reconciler/${id}`);
  }

  async end(): Promise<void> {
    await this.#cluster.close();
    await this.#clock.advance(0);
  }

  /** At 0s all agents are alive, a leader is elected and the guests of `start:` run. */
  async #warmUp(): Promise<void> {
    const { objects, start } = this.#scenario;
    const checked = this.#cluster.administrator.check(objects);
    if (!checked.ok) throw new ScenarioError([renderIssues(checked.issues).trimEnd()]);
    this.#cluster.limitMessages(warmUpMessageMs);
    for (const id of reconcilers) this.#cluster.startReconciler(id);
    await this.#clock.advance(lookEveryMs);
    const warmUp = warmUpDocuments(this.#scenario);
    await this.#begin(new Map([...warmUp].filter(([id]) => !id.startsWith("VM/"))));
    await this.#warmUntil(() => this.#agentsReport());
    await this.#begin(warmUp);
    await this.#warmUntil(() => this.#stillness.isStill(this.#clock.now(), warmMs));
    this.#clock.set(beginning);
    this.#beganAt = this.#clock.monotonic();
    const { vms } = planOf(this.#cluster.feed.state, this.#clock.now());
    const missing = [...start].filter(([vm, node]) => !this.#active(node).includes(vm));
    if (missing.length > 0) {
      throw new ScenarioError(
        missing.map(([vm, node]) => {
          const view = vms.get(vm);
          const why = view === undefined ? "it is not known" : describeReason(view.reason);
          return `start: ${vm} cannot run on ${node}: ${why}`;
        }),
      );
    }
    this.#cluster.limitMessages(Number.POSITIVE_INFINITY);
    await this.#begin(objects);
  }

  async #warmUntil(isSo: () => boolean): Promise<void> {
    while (!isSo() && this.#clock.now() < beginning) await this.#clock.advance(lookEveryMs);
  }

  #agentsReport(): boolean {
    const { nodes } = planOf(this.#cluster.feed.state, this.#clock.now());
    return [...nodes.values()].every(({ reason }) => reason.code === "node-ready");
  }

  async #begin(documents: ReadonlyMap<ObjectId, unknown>): Promise<void> {
    const why = await this.#actor.apply(documents);
    if (why !== null) throw new ScenarioError([why]);
  }

  async #playOut(): Promise<number | null> {
    const { until, limit } = this.#scenario;
    if (until !== "settled") {
      await this.#advanceTo(until);
      return this.#isSettled() ? this.#secondsOf(this.#stillness.changedAt) : null;
    }
    while (!this.#isSettled()) {
      if (this.#clock.now() >= beginning + limit) return null;
      await this.#clock.advance(lookEveryMs);
      this.#inspect();
    }
    return this.#secondsOf(this.#stillness.changedAt);
  }

  #outcome(settledAt: number | null): Outcome {
    this.#inspect();
    const { until, limit, expect, seed } = this.#scenario;
    const { violations } = this.#referee;
    const final = finalOf(
      this.#report(),
      (node) => this.#active(node),
      (ms) => this.#secondsOf(ms),
    );
    const unsettled =
      until === "settled" && settledAt === null ? [`it was not settled within ${limit / 1000} s`] : [];
    const unmet = [...unsettled, ...unmetOf(expect, final)];
    const ok = violations.length === 0 && unmet.length === 0;
    return { ok, seed, settledAt, final, log: this.#chronicle.log, violations, unmet };
  }

  #inspect(): void {
    this.#referee.inspect(this.#report());
  }

  #active(node: NodeName): readonly VmName[] {
    return this.#cluster.has(node) ? this.#cluster.machine(node).active() : [];
  }

  #report(): ClusterReport {
    const { state } = this.#cluster.feed;
    const now = this.#clock.now();
    return reportCluster(state, planOf(state, now), now);
  }

  #volumes(): { readonly present: readonly string[]; readonly claimed: ReadonlySet<string> } {
    const claimed = new Set(this.#cluster.feed.state.volumes.keys());
    return { present: this.#cluster.network.volumes.names(), claimed };
  }

  #isSettled(): boolean {
    const isAllPast = this.#scenario.events.every(({ at }) => beginning + at <= this.#clock.now());
    return isAllPast && this.#actor.pending === 0 && this.#stillness.isSettled(this.#clock.now());
  }

  #isOver(at: number): boolean {
    const { until, limit } = this.#scenario;
    return at > (until === "settled" ? limit : until);
  }

  async #advanceTo(ms: number): Promise<void> {
    await this.#clock.advanceTo(this.#beganAt + ms);
  }

  #seconds(): number {
    return this.#secondsOf(this.#clock.now());
  }

  #secondsOf(epochMs: number): number {
    return (epochMs - beginning) / 1000;
  }
}
