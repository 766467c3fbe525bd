/**
 * Whether anything would still change, left alone. Two things must hold: nothing is under way or waits for a time of
 * its own, and nothing has changed for longer than a silence takes to be noticed, and a way back to be told.
 */
import { isFencingPending } from "../../reconciler/control/fence/pending.ts";
import { presentInput } from "../../reconciler/control/plan-input.ts";
import { planOf } from "../../reconciler/control/report/cluster-report.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { ReleasedStep } from "../../reconciler/model/journal.ts";
import type { Plan, PlannedStep } from "../../reconciler/model/plan.ts";
import type { Observed } from "../../reconciler/model/observed.ts";
import { isFinal, nodesOf } from "../../reconciler/model/step.ts";
import { plan } from "../../reconciler/plan/plan.ts";
import type { Change } from "../../reconciler/store/store.ts";

/** Records that say something new whenever they are written; the others are renewals, measurements and stories. */
const telling = [
  "placement/",
  "step/",
  "progress/",
  "tries/",
  "request/",
  "desired/",
  "leader",
  "volume/",
  "fence/",
  "maintenance",
];
const tellingOfNode = /^node\/[^/]+\/(?:alive|agent|vm\/)/;

/** As many messages go to and fro until a heartbeat that begins has its key, with one try that fails. */
const messagesToBegin = 12;

export class Stillness {
  readonly #state: () => ClusterState;
  readonly #beginsWithinMs: number;
  #changedAt: number;

  /** @param messageMs how long the slowest message is under way */
  constructor(state: () => ClusterState, now: number, messageMs: number) {
    this.#state = state;
    this.#beginsWithinMs = messagesToBegin * messageMs;
    this.#changedAt = now;
  }

  /** When something changed last, in epoch milliseconds. */
  get changedAt(): number {
    return this.#changedAt;
  }

  stir(now: number): void {
    this.#changedAt = now;
  }

  heed(changes: readonly Change[], now: number): void {
    const { root } = this.#state();
    const keys = changes.map((change) => (change.type === "put" ? change.item.key : change.key));
    const tells = keys
      .map((key) => key.slice(root.length))
      .some((key) => telling.some((area) => key.startsWith(area)) || tellingOfNode.test(key));
    if (tells) this.#changedAt = now;
  }

  isSettled(now: number): boolean {
    const { leaseMs, graceMs } = this.#state().desired.cluster.fencing;
    return this.isStill(now, 2 * leaseMs + graceMs + this.#beginsWithinMs);
  }

  /** Nothing has changed for so long, and nothing is to come. */
  isStill(now: number, forMs: number): boolean {
    if (now - this.#changedAt < forMs) return false;
    const state = this.#state();
    if ([...state.released().values()].some((step) => isUnderWay(step, state.nodes.observed))) return false;
    if ([...state.fences.values()].some((record) => isFencingPending(record, state))) return false;
    if (!isIdle(planOf(state, now))) return false;
    // The leader gets its time to notice an end that has come.
    const ends = maintenanceEnds(state, now - forMs);
    return ends.every((at) => isIdle(planWithoutMaintenance(state, Math.max(at, now))));
  }
}

function isIdle({ steps, records, cancels, wakeAt }: Plan): boolean {
  return steps.every(waitsForAnother) && records.length === 0 && cancels.length === 0 && wakeAt === null;
}

/** When maintenances end by themselves, as far as that is after this time, in epoch milliseconds. */
function maintenanceEnds({ desired, requests }: ClusterState, after: number): readonly number[] {
  const { cluster, nodes } = desired;
  const written = [cluster.maintenance, ...[...nodes.values()].map((node) => node.maintenance)];
  const overrides = [...requests.values()].filter(({ kind }) => kind === "maintenance");
  const ends = [
    ...written.flatMap(({ on, until }) => (on && until !== null ? [until] : [])),
    ...overrides.map(({ expiresAt }) => expiresAt),
  ];
  return ends.filter((until) => until > after);
}

/** What there will be to do then, as far as it can be known now: by the files alone. */
function planWithoutMaintenance(state: ClusterState, at: number): Plan {
  const input = presentInput(state, at);
  return plan({ ...input, journal: { ...input.journal, maintenance: null } });
}

/** It begins once another step has ended; that one is looked at by itself. */
function waitsForAnother({ waits }: PlannedStep): boolean {
  return waits?.code === "waiting-for-source";
}

/** Whether a step may still come to its end by itself: the node that it waits for has an agent. */
function isUnderWay({ step, progress }: ReleasedStep, observed: Observed): boolean {
  const awaited = nodesOf(step).find((node) => !isFinal(progress.get(node) ?? null));
  const node = awaited === undefined ? undefined : observed.get(awaited);
  return awaited === undefined || (node?.alive != null && node.agent !== null);
}
