/**
 * Which steps have begun and ended between two looks at the records. The leader tells of each release and of each end
 * in the transaction that makes it, so a step that came and went between two looks is not missed; where its log has
 * turned over in the meantime, a step that is gone counts as done.
 */
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { ReleasedStep } from "../../reconciler/model/journal.ts";
import { parseObjectId, type VmName } from "../../reconciler/model/names.ts";
import type { EventReport } from "../../reconciler/model/report.ts";
import type { Progress, Step, StepKind } from "../../reconciler/model/step.ts";

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
  readonly vm: VmName;
  readonly kind: StepKind;
  /** From its release to its end, in milliseconds. */
  readonly elapsedMs: number;
  readonly end: "done" | "failed" | "cancelled";
  /** What is told of an end that is not `done`; empty where it is. */
  readonly detail: string;
}

export interface StepLook {
  readonly running: readonly RunningStep[];
  readonly ended: readonly EndedStep[];
}

const writer = "leader";
/** The leader's codes: `start` for the release of a step, `start-done` for its end. */
const stepKinds: readonly StepKind[] = [
  "start",
  "stop",
  "restart",
  "update",
  "migrate",
  "destroy",
  "rename",
  "adopt",
];
const stepEnds = ["done", "failed", "cancelled"] as const;

/** The number of the leader's newest event; -1 where there is none. */
export function newestEvent(state: ClusterState): number {
  return Math.max(
    -1,
    ...[...state.events.values()].filter((event) => event.writer === writer).map(({ number }) => number),
  );
}

export class StepTracker {
  /** The number of the newest event that was looked at. */
  #told: number;
  readonly #open = new Map<VmName, { readonly step: Step; readonly since: number }>();
  /** By VM: when its step was released, by the leader's clock. */
  readonly #releasedAt = new Map<VmName, number>();

  /** Steps that ended up to the event of that number are not told. */
  constructor(told: number) {
    this.#told = told;
  }

  /** `monotonic`: milliseconds. Each end is told once. */
  look(state: ClusterState, monotonic: number): StepLook {
    const released = state.released();
    const ended = [...this.#endsTold(state), ...this.#endsUntold(released, monotonic)];
    const running = [...released.values()].map((record): RunningStep => {
      const { step } = record;
      const open = this.#open.get(step.vm) ?? { step, since: monotonic };
      this.#open.set(step.vm, open);
      return { step, elapsedMs: monotonic - open.since, ...progressOf(record) };
    });
    return { running, ended };
  }

  #endsTold(state: ClusterState): EndedStep[] {
    const fresh = [...state.events.values()]
      .filter((event) => event.writer === writer && event.number > this.#told)
      .sort((a, b) => a.number - b.number);
    this.#told = fresh.at(-1)?.number ?? this.#told;
    return fresh.flatMap((event) => this.#endTold(event) ?? []);
  }

  #endTold({ object, code, at, text }: EventReport): EndedStep | null {
    const { kind: objectKind, name: vm } = parseObjectId(object);
    if (objectKind !== "VM") return null;
    const kind = stepKinds.find((each) => code === each || code.startsWith(`${each}-`));
    if (kind === undefined) return this.#withdrawal(vm, code, text);
    if (code === kind) {
      this.#releasedAt.set(vm, at);
      return null;
    }
    const end = stepEnds.find((each) => code === `${kind}-${each}`);
    if (end === undefined) return null;
    this.#open.delete(vm);
    const elapsedMs = at - (this.#releasedAt.get(vm) ?? at);
    return { vm, kind, elapsedMs, end, detail: end === "done" ? "" : text };
  }

  /** A step that nobody had begun is taken back without an end of its own. */
  #withdrawal(vm: VmName, code: string, text: string): EndedStep | null {
    const open = this.#open.get(vm);
    if (code !== "cancel" || !text.includes(" is withdrawn") || open === undefined) return null;
    this.#open.delete(vm);
    return { vm, kind: open.step.kind, elapsedMs: 0, end: "cancelled", detail: text };
  }

  #endsUntold(released: ReadonlyMap<VmName, ReleasedStep>, monotonic: number): EndedStep[] {
    const gone = [...this.#open].filter(([vm, { step }]) => released.get(vm)?.step.id !== step.id);
    return gone.map(([vm, { step, since }]) => {
      this.#open.delete(vm);
      return { vm, kind: step.kind, elapsedMs: monotonic - since, end: "done", detail: "" };
    });
  }
}

function progressOf({ step, progress }: ReleasedStep): Pick<RunningStep, "percent" | "detail"> {
  const told: Progress | null = progress.get(step.node) ?? null;
  return told?.phase === "running"
    ? { percent: told.percent, detail: told.detail }
    : { percent: null, detail: null };
}
