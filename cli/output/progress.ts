/** How an apply is told while it goes on: bars that are drawn over on a terminal, one line a change elsewhere. */
import { bar } from "../../tui/view/bar.ts";
import type { Glyphs } from "../../tui/view/glyphs.ts";
import { fitLine, type Line, span } from "../../tui/view/line.ts";
import type { Context } from "../context.ts";
import type { GoalProgress } from "../follow/goal.ts";
import type { EndedStep, RunningStep } from "../follow/step-tracker.ts";
import { durationText } from "./duration-text.ts";
import { painted } from "./paint.ts";
import { glyphsOf } from "./signs.ts";
import { cellsOfTerminal } from "./width.ts";
import { doing } from "./step-words.ts";

export interface ProgressView {
  /** Everything that is under way now, how many steps are to come after it, and how far what it is about has got. */
  show(running: readonly RunningStep[], toCome: number, goals: readonly GoalProgress[]): void;
  ended(step: EndedStep): void;
  /** A line that stays. */
  say(line: Line): void;
  /** Leaves the terminal as a command leaves it. */
  close(): void;
}

type Screen = Pick<Context, "out" | "colour" | "terminal" | "world">;

export function progressView(screen: Screen): ProgressView {
  return screen.terminal.isTty ? new LiveProgress(screen) : new PlainProgress(screen);
}

/** `vm/web1: start done in 12s`. */
function endLine({ vm, kind, elapsedMs, end, detail }: EndedStep): Line {
  const name = span(`vm/${vm}: ${kind} `);
  const took = durationText(elapsedMs);
  switch (end) {
    case "done":
      return [name, span("done", "ok"), span(` in ${took}`)];
    case "failed":
      return [name, span("failed", "bad"), span(` after ${took}: ${detail}`)];
    case "cancelled":
      return [name, span("given up", "warn"), span(` after ${took}: ${detail}`)];
  }
}

/** How often a step that goes on is told of again. */
const againMs = 10_000;

class PlainProgress implements ProgressView {
  readonly #screen: Screen;
  readonly #glyphs: Glyphs;
  /** By step: the elapsed time at which it is told of next. */
  readonly #tellAt = new Map<string, number>();
  #told: readonly string[] = [];

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#glyphs = glyphsOf(screen.terminal);
  }

  show(running: readonly RunningStep[], _toCome: number, goals: readonly GoalProgress[]): void {
    this.#showSteps(running);
    for (const { mark, line } of goals) if (!this.#told.includes(mark)) this.say(line);
    this.#told = goals.map(({ mark }) => mark);
  }

  #showSteps(running: readonly RunningStep[]): void {
    for (const each of running) {
      const { step, elapsedMs, percent } = each;
      const at = this.#tellAt.get(step.id);
      if (at !== undefined && elapsedMs < at) continue;
      this.#tellAt.set(step.id, (at ?? 0) + againMs);
      const share = percent === null ? "" : ` ${Math.floor(percent)} %`;
      const since = at === undefined ? "" : ` [${durationText(elapsedMs)}]`;
      this.say([span(`vm/${step.vm}: ${doing(step, this.#glyphs)}${at === undefined ? "" : share}${since}`)]);
    }
  }

  ended(step: EndedStep): void {
    this.say(endLine(step));
  }

  say(line: Line): void {
    this.#screen.out(painted(line, this.#screen.colour));
  }

  close(): void {
    this.#tellAt.clear();
  }
}

const barCells = 10;
/** Lines drawn over, at most; a terminal that is lower gets fewer. */
const rowsMax = 10;
/** Up `n` lines, to their beginning, and clear from there. */
const erase = (lines: number) => (lines === 0 ? "" : `\u001B[${lines}F\u001B[J`);

class LiveProgress implements ProgressView {
  readonly #screen: Screen;
  readonly #glyphs: Glyphs;
  #drawn: readonly Line[] = [];
  #done = 0;
  #failed = 0;

  constructor(screen: Screen) {
    this.#screen = screen;
    this.#glyphs = glyphsOf(screen.terminal);
  }

  show(running: readonly RunningStep[], toCome: number, goals: readonly GoalProgress[]): void {
    const room = Math.max(1, Math.min(rowsMax, this.#screen.terminal.rows - 4 - goals.length));
    const rows = running.slice(0, room).map((each) => this.#row(each));
    const below = goals.slice(0, rowsMax).map(({ line }) => this.#fitted(line));
    this.#draw([], [...rows, ...below, this.#counts(running.length, toCome)]);
  }

  /** A line that wraps would be two to draw over. */
  #fitted(line: Line): Line {
    return fitLine(line, cellsOfTerminal(this.#screen.terminal) - 1, this.#glyphs.ellipsis);
  }

  ended(step: EndedStep): void {
    if (step.end === "failed") this.#failed += 1;
    else this.#done += 1;
    // Its row is out of date with that; the next look draws what is left.
    this.#draw([endLine(step)], []);
  }

  say(line: Line): void {
    this.#draw([line], this.#drawn);
  }

  close(): void {
    this.#draw([], []);
  }

  /** One write, so that nothing flickers: what is drawn goes, what stays comes above it. */
  #draw(staying: readonly Line[], drawn: readonly Line[]): void {
    const { world, colour } = this.#screen;
    const lines = [...staying, ...drawn].map((line) => `${painted(line, colour)}\n`);
    world.stdout.write(erase(this.#drawn.length) + lines.join(""));
    this.#drawn = drawn;
  }

  #row({ step, elapsedMs, percent, detail }: RunningStep): Line {
    const share =
      percent === null
        ? []
        : [...bar(percent / 100, barCells, "busy", this.#glyphs), span(` ${Math.floor(percent)} %  `)];
    const line = [
      span(`vm/${step.vm}`, "title"),
      span(`  ${doing(step, this.#glyphs)}  `),
      ...share,
      span(`[${durationText(elapsedMs)}]`),
      ...(detail === null ? [] : [span(`  ${detail}`, "muted")]),
    ];
    return this.#fitted(line);
  }

  #counts(underWay: number, toCome: number): Line {
    const failed = this.#failed === 0 ? "" : `, ${this.#failed} failed`;
    return [span(`${this.#done} done${failed}, ${underWay} under way, ${toCome} to come`, "muted")];
  }
}
