import type { Clock } from "../reconciler/model/clock.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { ClusterReport } from "../reconciler/model/report.ts";
import type { Effect } from "./outcome.ts";
import type { ActionOutcome, Actions } from "./ports.ts";
import type { Place, UiAction } from "./state.ts";

export interface PerformerOptions {
  readonly actions: Actions;
  readonly clock: Clock;
  readonly dispatch: (action: UiAction) => void;
}

/** Carries out what needs the ports, and brings the answers back as actions. */
export class Performer {
  readonly #options: PerformerOptions;
  /** The question whose answer is awaited or shown. */
  #asked: string | null = null;
  #isClosed = false;

  constructor(options: PerformerOptions) {
    this.#options = options;
  }

  start(effect: Extract<Effect, { kind: "apply" | "approve" }>): void {
    void (effect.kind === "apply" ? this.#apply(effect.digest) : this.#approve(effect.vm, effect.disks));
  }

  /** Asks for the answer of an open detail view, and again when what is reported of its object has changed. */
  follow(place: Place, report: ClusterReport | null): void {
    const question = place.screen === "detail" ? questionOf(place, report) : null;
    if (question === this.#asked) return;
    this.#asked = question;
    if (place.screen === "detail" && question !== null) void this.#ask(place, question);
  }

  /** Lets the next `follow` ask again. */
  refresh(): void {
    this.#asked = null;
  }

  close(): void {
    this.#isClosed = true;
  }

  #tell(action: UiAction): void {
    if (!this.#isClosed) this.#options.dispatch(action);
  }

  async #ask(place: DetailPlace, question: string): Promise<void> {
    const { object, aspect } = place;
    try {
      const lines = await this.#options.actions[aspect](object);
      if (this.#asked === question)
        this.#tell({ kind: "answer", object, aspect, answer: { phase: "answered", lines } });
    } catch (error) {
      const answer = { phase: "failed", problem: wordsOf(error) } as const;
      if (this.#asked === question) this.#tell({ kind: "answer", object, aspect, answer });
    }
  }

  async #apply(digest: string | null): Promise<void> {
    this.#tell({ kind: "run-began", since: this.#options.clock.now() });
    this.#tell({ kind: "go", screen: "apply", filter: "" });
    try {
      const answer = this.#options.actions.apply(digest);
      if (Symbol.asyncIterator in answer) {
        for await (const text of answer) this.#tell({ kind: "run-line", text });
        this.#tell({ kind: "run-ended", ok: true, lines: [] });
      } else {
        const outcome = await answer;
        this.#tell({ kind: "run-ended", ok: outcome.ok, lines: linesOf(outcome) });
      }
    } catch (error) {
      this.#tell({ kind: "run-ended", ok: false, lines: [wordsOf(error)] });
    }
  }

  async #approve(vm: string, disks: readonly string[]): Promise<void> {
    try {
      const outcome = await this.#options.actions.approve(vm, disks);
      const tone = outcome.ok ? "ok" : "bad";
      this.#tell({ kind: "notice", notice: { tone, text: linesOf(outcome).join(" ") } });
    } catch (error) {
      this.#tell({ kind: "notice", notice: { tone: "bad", text: wordsOf(error) } });
    }
  }
}

type DetailPlace = Extract<Place, { screen: "detail" }>;

/** Changes whenever the answer may have: with what is reported of the object, apart from percentages. */
function questionOf({ object, aspect }: DetailPlace, report: ClusterReport | null): string {
  const vm = report?.vms.find(({ name }) => object === `VM/${name}`);
  const node = report?.nodes.find(({ name }) => object === `Node/${name}`);
  const vmMarks =
    vm === undefined ? [] : [vm.state, vm.node, vm.epoch, vm.reason.text, vm.step?.kind, vm.step?.phase];
  const nodeMarks = node === undefined ? [] : [node.state, node.reason.text, node.vms.length];
  return [aspect, object, report?.generation, ...vmMarks, ...nodeMarks].join(" ");
}

function linesOf(outcome: ActionOutcome): readonly string[] {
  return outcome.ok || outcome.advice === null ? [outcome.text] : [outcome.text, outcome.advice];
}

function wordsOf(error: unknown): string {
  if (error instanceof KeelError) return `${error.message} ${error.advice}`;
  return error instanceof Error ? error.message : String(error);
}
