/**
 * Which steps have begun and ended between two looks at the records. What became of a step is read from the event that
 * the leader writes in the same transaction that takes the step away, so nothing is missed however rare the looks are.
 */
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { ReleasedStep } from "../../reconciler/model/journal.ts";
import { objectId } from "../../reconciler/model/names.ts";
import type { EventReport } from "../../reconciler/model/report.ts";
import { describeStep, type Progress, type Step } from "../../reconciler/model/step.ts";

/** A step under way. */
export interface RunningStep {
  readonly step: Step;
  /** Since it was first seen, in milliseconds. */
  readonly elapsedMs: number;
  /** 0 to 100; null where nothing can be counted. */
  readonly percent: number | null;
  readonly detail: string | null;
}

export interface EndedStep {
  readonly step: Step;
  readonly elapsedMs: number;
  readonly end: "done" | "failed" | "cancelled";
  /** Of a step that was not done, what its agent or the leader says of it. */
  readonly detail: string | null;
}

export interface StepLook {
  readonly running: readonly RunningStep[];
  readonly ended: readonly EndedStep[];
}

export class StepTracker {
  readonly #seen = new Map<string, { readonly step: Step; readonly since: number }>();

  /** `monotonic`: milliseconds. Steps that ended since the last call are told once. */
  look(state: ClusterState, monotonic: number): StepLook {
    const released = [...state.released().values()];
    const ids = new Set(released.map(({ step }) => step.id));
    const ended: EndedStep[] = [];
    for (const [id, { step, since }] of this.#seen) {
      if (ids.has(id)) continue;
      this.#seen.delete(id);
      ended.push({ step, elapsedMs: monotonic - since, ...endOf(state, step) });
    }
    const running = released.map((record): RunningStep => {
      const { step } = record;
      const known = this.#seen.get(step.id) ?? { step, since: monotonic };
      this.#seen.set(step.id, known);
      return { step, elapsedMs: monotonic - known.since, ...progressOf(record) };
    });
    return { running, ended };
  }
}

function progressOf({ step, progress }: ReleasedStep): Pick<RunningStep, "percent" | "detail"> {
  const told: Progress | null = progress.get(step.node) ?? null;
  return told?.phase === "running" ? { percent: told.percent, detail: told.detail } : { percent: null, detail: null };
}

function endOf(state: ClusterState, step: Step): Pick<EndedStep, "end" | "detail"> {
  const event = newestAbout(state, step);
  switch (event?.code) {
    case `${step.kind}-failed`:
      return { end: "failed", detail: wordsOf(event, step) };
    case `${step.kind}-cancelled`:
    case "cancel":
      return { end: "cancelled", detail: wordsOf(event, step) };
    default:
      return { end: "done", detail: null };
  }
}

/** A VM has one step at a time, so its newest event of this kind is about the step that went last. */
function newestAbout(state: ClusterState, step: Step): EventReport | null {
  const object = objectId("VM", step.vm);
  let newest: EventReport | null = null;
  for (const event of state.events.values()) {
    if (event.object !== object || event.writer !== "leader") continue;
    if (event.code !== "cancel" && !event.code.startsWith(`${step.kind}-`)) continue;
    if (newest === null || event.number > newest.number) newest = event;
  }
  return newest;
}

/** Without naming the step again. */
function wordsOf({ text }: EventReport, step: Step): string {
  const name = describeStep(step);
  return text.startsWith(name) ? text.slice(name.length).trimStart() : text;
}
