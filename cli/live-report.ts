import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { planOf, reportCluster } from "../reconciler/control/report/cluster-report.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { ClusterReport } from "../reconciler/model/report.ts";
import { StoreError } from "../reconciler/store/store.ts";
import type * as tui from "../tui/ports.ts";
import { LookAgain } from "./processes/look-again.ts";
import { SpareWatch } from "./spare-watch.ts";

const atMostEveryMs = 100;

/**
 * The cluster as somebody watches it: made from the records when it is looked at, at most ten times a second however
 * much changes. Before `follow` there is nothing to see.
 */
export class LiveReport implements tui.ClusterFeed {
  readonly #clock: Clock;
  readonly #subscribers = new Set<() => void>();
  readonly #looks: LookAgain;
  readonly #spare: SpareWatch;
  #feed: ClusterFeed | null = null;
  #unfollow: () => void = () => undefined;
  #cancelWake: () => void = () => undefined;
  #report: ClusterReport | null = null;
  #isOld = false;
  #isBusy = false;
  /** Why there is nothing to see, or nothing new. */
  #trouble: string | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#looks = new LookAgain({ clock, atMostEveryMs, look: () => this.#tell() });
    this.#spare = new SpareWatch(clock, this.#looks.soon);
  }

  follow(feed: ClusterFeed): void {
    this.#feed = feed;
    this.#unfollow = feed.subscribe(this.#looks.soon);
    this.#looks.soon();
  }

  /** Says why nothing is there to follow yet. */
  explain(trouble: string | null): void {
    this.#trouble = trouble;
    this.#looks.soon();
  }

  current(): ClusterReport | null {
    if (this.#isOld && this.#feed?.listed === true) this.#look(this.#feed);
    return this.#report;
  }

  /** Whether the loop has something to do for the cluster that `current` shows. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  problem(): string | null {
    const problem = this.#feed?.problem ?? null;
    if (problem === null) return this.#trouble;
    return `the store does not answer since ${timeOfDay(problem.since)}: ${problem.why}`;
  }

  subscribe(callback: () => void): () => void {
    this.#subscribers.add(callback);
    return () => this.#subscribers.delete(callback);
  }

  close(): void {
    this.#unfollow();
    this.#cancelWake();
    this.#looks.close();
    this.#spare.close();
  }

  #tell(): void {
    this.#isOld = true;
    for (const callback of [...this.#subscribers]) callback();
  }

  #look({ state }: ClusterFeed): void {
    const now = this.#clock.now();
    this.#isOld = false;
    try {
      const planned = planOf(state, now);
      this.#spare.heed(state);
      this.#report = { ...reportCluster(state, planned, now), spare: this.#spare.report };
      const { steps, records, cancels } = planned;
      this.#isBusy = steps.length + records.length + cancels.length + state.released().size > 0;
      this.#trouble = null;
      this.#wakeAt(planned.wakeAt);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#trouble = error.message;
    }
  }

  /** When time alone changes what there is to see. */
  #wakeAt(at: number | null): void {
    this.#cancelWake();
    if (at === null) return;
    this.#cancelWake = this.#clock.timer(Math.max(atMostEveryMs, at - this.#clock.now()), this.#looks.soon);
  }
}

/** `12:30:52`, where the user is. */
export function timeOfDay(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
}
