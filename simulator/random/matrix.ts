/**
 * Which faults met which kinds of steps while they were under way, and which edits met which phases of a node's loss; how
 * often, and which never can.
 */
import type { VmName } from "../../reconciler/model/names.ts";
import { nodesOf, type Step, type StepKind } from "../../reconciler/model/step.ts";
import type { LeaderCommand, ScenarioEvent } from "../scenario/scenario.ts";
import type { Moment } from "../scenario/simulate.ts";
import { editCell, editCells, editKinds, lossPhases } from "./edit-cells.ts";

export const faultKinds = [
  "agent kill",
  "agent pause",
  "heartbeat kill",
  "heartbeat pause",
  "power off",
  "network down",
  "clock wrong",
  "store down",
  "kill-leader",
  "pause-leader",
  "leader clock wrong",
  "guest crash",
  "guest poweroff",
  "guest ignore-acpi",
  "migration fail",
  "migration hang",
] as const;
export type FaultKind = (typeof faultKinds)[number];

export const stepKinds = [
  "start",
  "stop",
  "restart",
  "update",
  "migrate",
  "destroy",
  "rename",
] as const satisfies readonly StepKind[];
/** Those that a simulation can come to. It begins without domains of others, so nothing is adopted in one. */
export type PlayedKind = (typeof stepKinds)[number];

/** Why a fault cannot meet a step of that kind, or means nothing to it; null: it can. */
export function whyNever(fault: FaultKind, kind: StepKind): string | null {
  switch (fault) {
    case "guest crash":
    case "guest poweroff":
      return kind === "destroy" ? "what is destroyed has no guest" : null;
    case "guest ignore-acpi":
      return kind === "stop" || kind === "restart" ? null : "it presses no button";
    case "migration fail":
    case "migration hang":
      return kind === "migrate" ? null : "it moves nothing";
    case "agent kill":
    case "agent pause":
    case "heartbeat kill":
    case "heartbeat pause":
    case "power off":
    case "network down":
    case "clock wrong":
    case "store down":
    case "kill-leader":
    case "pause-leader":
    case "leader clock wrong":
      return null;
  }
}

/** Hits by `fault × step kind` and `edit × phase`. */
export type Hits = Readonly<Record<string, number>>;

export class Matrix {
  readonly #hits = new Map<string, number>();

  note(event: ScenarioEvent, { state, runs }: Pick<Moment, "state" | "runs">): void {
    for (const cell of editCells(event, state)) this.#count(cell, 1);
    const fault = faultOf(event);
    if (fault === null) return;
    for (const { step } of state.released().values()) {
      if (isHit(event, step, runs)) this.#count(cellOf(fault, step.kind), 1);
    }
  }

  add(hits: Hits): void {
    for (const [cell, count] of Object.entries(hits)) this.#count(cell, count);
  }

  #count(cell: string, more: number): void {
    this.#hits.set(cell, this.#of(cell) + more);
  }

  #of(cell: string): number {
    return this.#hits.get(cell) ?? 0;
  }

  get hits(): Hits {
    return Object.fromEntries(this.#hits);
  }

  /** Cells of faults and steps that can be hit and were hit less often. */
  missing(atLeast: number): readonly string[] {
    return faultKinds.flatMap((fault) =>
      stepKinds
        .filter((kind) => whyNever(fault, kind) === null)
        .map((kind) => ({ cell: cellOf(fault, kind), count: this.#of(cellOf(fault, kind)) }))
        .filter(({ count }) => count < atLeast)
        .map(({ cell, count }) => `${cell}: ${count}`),
    );
  }

  /** A line for each fault; `-` where the two cannot meet. Then one for each edit. */
  lines(): readonly string[] {
    return [
      line("", stepKinds),
      ...faultKinds.map((fault) =>
        line(
          fault,
          stepKinds.map((kind) =>
            whyNever(fault, kind) === null ? String(this.#of(cellOf(fault, kind))) : "-",
          ),
        ),
      ),
      "",
      line("", lossPhases),
      ...editKinds.map((edit) =>
        line(
          edit,
          lossPhases.map((phase) => String(this.#of(editCell(edit, phase)))),
        ),
      ),
    ];
  }
}

function line(name: string, cells: readonly string[]): string {
  return name.padEnd(16) + cells.map((cell) => cell.padStart(11)).join("");
}

function cellOf(fault: FaultKind, kind: StepKind): string {
  return `${fault} × ${kind}`;
}

function faultOf(event: ScenarioEvent): FaultKind | null {
  const name = nameOf(event);
  return faultKinds.find((kind) => kind === name) ?? null;
}

function nameOf(event: ScenarioEvent): string {
  switch (event.kind) {
    case "part":
      return `${event.part} ${event.command}`;
    case "power":
      return event.on ? "" : "power off";
    case "network":
      return event.up ? "" : "network down";
    case "clock":
      return event.habit === "right" ? "" : "clock wrong";
    case "store":
      return event.up ? "" : "store down";
    case "reconciler":
      return isClockWrong(event.command) ? "leader clock wrong" : event.command;
    case "guest":
      return `guest ${event.command}`;
    case "migration":
      return `migration ${event.habit}`;
    case "edit":
    case "approve":
    case "request":
    case "bmc":
    case "confirm-dead":
    case "override":
      return "";
  }
}

function isClockWrong(command: LeaderCommand): boolean {
  return command === "clock-ahead" || command === "clock-behind";
}

function isHit(event: ScenarioEvent, step: Step, runs: (vm: VmName) => boolean): boolean {
  switch (event.kind) {
    case "part":
    case "power":
    case "network":
    case "clock":
      return nodesOf(step).includes(event.node);
    case "guest": {
      const isNamed = step.vm === event.vm || (step.kind === "rename" && step.from === event.vm);
      const isHabit = event.command === "ignore-acpi" || event.command === "obey-acpi";
      return isNamed && (isHabit || runs(event.vm));
    }
    case "migration":
      return step.vm === event.vm;
    case "store":
    case "reconciler":
      return true;
    case "edit":
    case "approve":
    case "request":
    case "bmc":
    case "confirm-dead":
    case "override":
      return false;
  }
}
