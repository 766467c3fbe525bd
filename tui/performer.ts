import type { Clock } from "../reconciler/model/clock.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { ClusterReport } from "../reconciler/model/report.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import type { Effect } from "./outcome.ts";
import type { ActionOutcome, Actions } from "./ports.ts";
import { shownWords } from "./verbs.ts";
import { questionOf, type Place, type UiAction } from "./state.ts";
import type { Answer } from "./view/answer.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

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

  start(effect: Extract<Effect, { kind: "apply" | "approve" | "run" }>): void {
    const { actions } = this.#options;
    switch (effect.kind) {
      case "apply":
        void this.#run("apply", () => actions.apply(effect.digest));
        break;
      case "run":
        void this.#run(shownWords(effect.words), () => actions.run(effect.words));
        break;
      case "approve":
        void this.#approve(effect.vm, effect.disks);
        break;
      default:
        unreachable(effect);
    }
  }

  /** Asks for the answer that the place on screen shows, and again when what is reported of its object has changed. */
  follow(place: Place, report: ClusterReport | null): void {
    const question = questionOf(place);
    const asked = question === null ? null : [...question, ...marksOf(place, report)].join(" ");
    if (asked === this.#asked) return;
    this.#asked = asked;
    if (question !== null && asked !== null) void this.#ask(question, asked);
  }

  /** Leads to the plan where anything may have been changed. */
  async edit(object: string): Promise<void> {
    try {
      const text = (await this.#options.actions.edit(object)).join(" ");
      this.#tell({ kind: "go", screen: "plan", filter: "" });
      this.#tell({ kind: "notice", notice: { tone: "plain", text } });
    } catch (error) {
      this.#tell({ kind: "notice", notice: { tone: "bad", text: wordsOf(error) } });
    }
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

  async #ask(question: readonly string[], asked: string): Promise<void> {
    const answer = await this.#options.actions.ask(question).then(
      (lines): Answer => ({ phase: "answered", lines }),
      (error: unknown): Answer => ({ phase: "failed", problem: wordsOf(error) }),
    );
    if (this.#asked === asked) this.#tell({ kind: "answer", question, answer });
  }

  async #run(title: string, begin: () => ReturnType<Actions["apply"]>): Promise<void> {
    this.#tell({ kind: "run-began", title, since: this.#options.clock.now() });
    this.#tell({ kind: "go", screen: "apply", filter: "" });
    try {
      const answer = begin();
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

/** What changes whenever the answer may have: with what is reported of the object, apart from percentages. */
function marksOf(place: Place, report: ClusterReport | null): readonly unknown[] {
  const object = place.screen === "detail" ? place.object : null;
  const vm = report?.vms.find(({ name }) => object === `VM/${name}`);
  const node = report?.nodes.find(({ name }) => object === `Node/${name}`);
  const vmMarks =
    vm === undefined ? [] : [vm.state, vm.node, vm.epoch, vm.reason.text, vm.step?.kind, vm.step?.phase];
  const nodeMarks = node === undefined ? [] : [node.state, node.reason.text, node.vms.length];
  return [report?.generation, ...vmMarks, ...nodeMarks];
}

function linesOf(outcome: ActionOutcome): readonly string[] {
  return outcome.ok || outcome.advice === null ? [outcome.text] : [outcome.text, outcome.advice];
}

function wordsOf(error: unknown): string {
  if (error instanceof KeelError) return `${error.message} ${error.advice}`;
  return messageOf(error);
}
