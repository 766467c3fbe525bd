/** Follows what an apply set in motion, until there is nothing left to do for it. It only looks; the leader does. */
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import { planOf } from "../../reconciler/control/report/cluster-report.ts";
import { reportReason } from "../../reconciler/control/report/reasons.ts";
import type { Clock } from "../../reconciler/model/clock.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId, type VmName } from "../../reconciler/model/names.ts";
import type { Blocked } from "../../reconciler/model/plan.ts";
import type { BlockedReport } from "../../reconciler/model/report.ts";
import { migrationTries } from "../../reconciler/plan/held-back.ts";
import { span } from "../../tui/view/line.ts";
import type { ProgressView } from "../output/progress.ts";
import { type Goal, type Look, progressOf, type Unreached, unreachedOf } from "./goal.ts";
import { type EndedStep, StepTracker } from "./step-tracker.ts";

export interface FollowOptions {
  readonly feed: ClusterFeed;
  readonly clock: Clock;
  readonly view: ProgressView;
  readonly generation: number;
  /** The leader's newest event before the apply: what ended by then is none of its doing. */
  readonly afterEvent: number;
  /** null: as long as it takes. */
  readonly timeoutMs: number | null;
  /** What it is about, where that is more than to come to rest. */
  readonly goals: readonly Goal[];
}

export interface FollowEnd {
  /** The generation that was carried out; a later one where somebody applied meanwhile. */
  readonly generation: number;
  /** Steps that were done. */
  readonly done: number;
  /** VMs whose last step failed: those that failed first and were done then are none. */
  readonly failed: readonly EndedStep[];
  /** What is asked for and is not being done, as the cluster came to rest. */
  readonly blocked: readonly BlockedReport[];
  /** Goals that are not so, now that nothing is being done any more. */
  readonly unreached: readonly Unreached[];
  /** Of the goals that are: what is to be known besides. */
  readonly besides: readonly string[];
  readonly elapsedMs: number;
}

/** An election takes less; after that nobody is standing for it. */
const leaderWaitMs = 15_000;
/** What should pass in a moment and is still there after this long is told as what it is: blocked. */
const momentMs = 30_000;
/** Times are told to the second, so a look a second is enough where nothing happens. */
const lookEveryMs = 1_000;
/** Looks are at least this far apart, and three times as far as one takes: following must not eat a core. */
const restMs = 100;

/**
 * Resolves once nothing is released or planned for the generation that is in force.
 * @throws KeelError `failed` where nobody carries it out, the store is gone or time is up; what is aborted, where
 *   `signal` is. All goes on in each of these cases.
 */
export async function followApply(options: FollowOptions, signal: AbortSignal): Promise<FollowEnd> {
  const { feed, clock, timeoutMs, generation } = options;
  const began = clock.monotonic();
  const follower = new Follower(options);
  const news = { isThere: false };
  const unsubscribe = feed.subscribe(() => (news.isThere = true));
  try {
    for (;;) {
      signal.throwIfAborted();
      news.isThere = false;
      const lookedAt = clock.monotonic();
      const rest = follower.look(feed.state);
      if (rest !== null) return { ...rest, elapsedMs: lookedAt - began };
      if (timeoutMs !== null && lookedAt - began >= timeoutMs) throw timeIsUp(generation);
      await clock.sleep(Math.max(restMs, 2 * (clock.monotonic() - lookedAt)), signal);
      if (!news.isThere) await changeOr(feed, clock, lookEveryMs, signal);
    }
  } finally {
    unsubscribe();
  }
}

function timeIsUp(generation: number): KeelError {
  const why = "the time given by --timeout is over";
  return new KeelError("failed", { what: "Waiting for the apply", why, advice: goesOn(generation) });
}

class Follower {
  readonly #options: FollowOptions;
  readonly #tracker: StepTracker;
  readonly #last = new Map<VmName, EndedStep>();
  #done = 0;
  #leaderlessSince: number | null = null;
  #momentBegan: number | null = null;
  #generation: number;

  constructor(options: FollowOptions) {
    this.#options = options;
    this.#generation = options.generation;
    this.#tracker = new StepTracker(options.afterEvent);
  }

  /** null: it is not at rest yet. */
  look(state: ClusterState): Omit<FollowEnd, "elapsedMs"> | null {
    const { clock, view, goals } = this.#options;
    this.#checkStore();
    this.#tellOfOthers(state);
    const now = clock.now();
    const planned = planOf(state, now);
    const look = { state, plan: planned, now };
    const { running, ended } = this.#tracker.look(state, clock.monotonic());
    for (const each of ended) {
      this.#last.set(each.vm, each);
      if (each.end === "done") this.#done += 1;
      view.ended(each);
    }
    const unreached = unreachedOf(goals, look);
    if (running.length === 0 && this.#isAtRest(look, unreached)) {
      const blocked = planned.blocked.map((each) => reportBlocked(state, each));
      const besides = goals.flatMap((goal) => goal.besides?.(look) ?? []);
      const failed = [...this.#last.values()].filter(({ end }) => end === "failed");
      return { generation: this.#generation, done: this.#done, failed, blocked, unreached, besides };
    }
    view.show(running, planned.steps.length, progressOf(goals, look));
    this.#checkLeader(state);
    return null;
  }

  /** Nothing to be released, nothing to be written, and nobody who is only silent for a moment. */
  #isAtRest({ state, plan: planned }: Look, unreached: readonly Unreached[]): boolean {
    const now = this.#options.clock.monotonic();
    const left = planned.steps.length + planned.records.length + planned.cancels.length;
    const isSilent =
      planned.blocked.some((blocked) => passesSoon(state, blocked)) ||
      unreached.some(({ obstacles }) => obstacles.length === 0);
    if (left > 0 || !isSilent) {
      this.#momentBegan = null;
      return left === 0;
    }
    this.#momentBegan ??= now;
    return now - this.#momentBegan >= momentMs;
  }

  #checkStore(): void {
    const { feed, clock, generation } = this.#options;
    const { problem } = feed;
    if (problem === null || clock.now() - problem.since < leaderWaitMs) return;
    const why = `the store does not answer: ${problem.why}`;
    throw new KeelError("failed", { what: "Following the apply", why, advice: goesOn(generation) });
  }

  #checkLeader(state: ClusterState): void {
    const { clock, generation } = this.#options;
    const now = clock.monotonic();
    if (state.leader !== null) {
      this.#leaderlessSince = null;
      return;
    }
    this.#leaderlessSince ??= now;
    if (now - this.#leaderlessSince < leaderWaitMs) return;
    const why = "no reconciler is running that would carry it out";
    const advice = `Generation ${generation} is in force; start \`keel reconciler\` or \`keel up\`, and it is carried out.`;
    throw new KeelError("failed", { what: "Following the apply", why, advice });
  }

  /** Somebody may apply something else meanwhile; then that is what is being carried out. */
  #tellOfOthers(state: ClusterState): void {
    const { head } = state.applied;
    if (head === null || head.generation <= this.#generation) return;
    this.#generation = head.generation;
    this.#options.view.say([
      span(`${head.by} applied generation ${head.generation} meanwhile; following that.`, "warn"),
    ]);
  }
}

/** An agent that reports in a moment; a migration that is tried again seconds later, and only so often. */
function passesSoon(state: ClusterState, { object, reason }: Blocked): boolean {
  if (reason.code === "agent-catching-up" || reason.code === "waiting-for-agents") return true;
  const failed = state.tries.get(object.name)?.failed ?? null;
  return reason.code === "back-off" && failed?.kind === "migrate" && failed.count < migrationTries;
}

function reportBlocked(state: ClusterState, { object, reason }: Blocked): BlockedReport {
  const id = objectId(object.kind, object.name);
  return { object: id, reason: reportReason(reason), source: state.desired.sources.get(id) ?? null };
}

function goesOn(generation: number): string {
  return `Generation ${generation} is in force, and what was begun goes on; \`keel get steps\` shows where it stands.`;
}

/** Resolves at the next change, or after `ms`. */
async function changeOr(feed: ClusterFeed, clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  const woken = new AbortController();
  const until = AbortSignal.any([signal, woken.signal]);
  try {
    await Promise.race([feed.changed(until), clock.sleep(ms, until)]);
  } finally {
    woken.abort();
  }
}
