import type { Clock } from "../reconciler/model/clock.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import { lastCall } from "./memo.ts";
import type { Effect, Outcome } from "./outcome.ts";
import { digestOf } from "./digest.ts";
import { freshnessOf, type ProblemSeen } from "./freshness.ts";
import { keyNames, type KeyFlags } from "./keys.ts";
import type { Size } from "./layout.ts";
import { createPanels } from "./panels.ts";
import { Performer } from "./performer.ts";
import type { Actions, ClusterFeed } from "./ports.ts";
import { press } from "./press.ts";
import { takeSnapshot, type Snapshot } from "./snapshot.ts";
import { initialState, placeOf, reduce, type UiAction, type UiState } from "./state.ts";
import type { TerminalTraits } from "./terminal.ts";
import { nextTick } from "./tick.ts";
import { asciiGlyphs, spokenGlyphs, unicodeGlyphs } from "./view/glyphs.ts";
import type { Canvas } from "./view/panel.ts";
import { harmless } from "./view/text.ts";

export interface SessionOptions {
  readonly cluster: ClusterFeed;
  readonly actions: Actions;
  readonly clock: Clock;
  /** How it starts. */
  readonly readOnly: boolean;
  readonly size: Size;
  readonly traits: TerminalTraits;
  /** What only the shell can do. */
  readonly onTerminal: (effect: TerminalEffect) => void;
}

export type TerminalEffect = Extract<Effect, { kind: "quit" | "suspend" | "redraw" | "edit" }>;

/** Data changes are drawn at most this often; keys at once. */
const shortestRefreshMs = 100;

/**
 * One user in front of one screen: takes keys, the feed and the clock, and says when there is something new to draw.
 * It runs without React, so that in a row of keys each one sees what the one before it did.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #panelsOf = createPanels();
  readonly #digestOf = lastCall(digestOf);
  readonly #performer: Performer;
  readonly #listeners = new Set<() => void>();
  readonly #unsubscribe: () => void;
  #state: UiState;
  #size: Size;
  #canvas: Canvas;
  #problem: ProblemSeen | null = null;
  #snapshot: Snapshot;
  #drawnAt = -Infinity;
  #cancelTimer: () => void = () => undefined;
  #isClosed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = initialState(!options.readOnly);
    this.#size = options.size;
    this.#canvas = canvasOf(options.size, options.traits);
    this.#snapshot = this.#look();
    this.#performer = new Performer({
      actions: options.actions,
      clock: options.clock,
      dispatch: (action) => {
        this.#change(action);
        this.#draw();
      },
    });
    this.#unsubscribe = options.cluster.subscribe(() => {
      this.#drawSoon();
    });
    this.#scheduleTick();
  }

  /** The same object until `subscribe` calls back. */
  readonly snapshot = (): Snapshot => this.#snapshot;

  readonly subscribe = (callback: () => void): (() => void) => {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  };

  /** A chunk of input, as Ink delivers it. */
  readonly input = (text: string, flags: KeyFlags): void => {
    const keys = keyNames(text, flags);
    for (const key of keys) this.#carryOut(press(key, keys.length === 1, this.#snapshot));
    this.#draw();
  };

  /** Pasted text: it is typed where a command or a filter is being typed, and means nothing elsewhere. */
  readonly paste = (text: string): void => {
    const { prompt } = this.#state;
    if (prompt?.kind !== "command" && prompt?.kind !== "filter") return;
    const firstLine = harmless(text.split(/[\r\n]/, 1)[0] ?? "");
    this.#change({ kind: "type", text: prompt.text + firstLine });
    this.#draw();
  };

  resize(size: Size): void {
    this.#size = size;
    this.#canvas = canvasOf(size, this.#options.traits);
    this.#draw();
  }

  /**
   * Carries out an edit while somebody else has the terminal; then what would come of it is on the screen, as soon as
   * the watcher has seen it.
   */
  async edit(object: string): Promise<void> {
    await this.#performer.edit(object);
    this.#draw();
  }

  /** Ends timers and subscriptions; what still comes in is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#cancelTimer();
    this.#unsubscribe();
    this.#performer.close();
  }

  #look(): Snapshot {
    const { cluster, clock } = this.#options;
    const text = cluster.problem();
    this.#problem = text === null ? null : { text, since: this.#problem?.since ?? clock.monotonic() };
    const report = cluster.current();
    return takeSnapshot(
      {
        report,
        digest: report === null ? null : this.#digestOf(report),
        freshness: freshnessOf(this.#problem, clock.monotonic()),
        state: this.#state,
        size: this.#size,
        canvas: this.#canvas,
        now: clock.now(),
      },
      this.#panelsOf,
    );
  }

  #draw(): void {
    if (this.#isClosed) return;
    this.#drawnAt = this.#options.clock.monotonic();
    this.#snapshot = this.#look();
    this.#performer.follow(placeOf(this.#state), this.#snapshot.report);
    this.#scheduleTick();
    for (const listener of this.#listeners) listener();
  }

  #drawSoon(): void {
    const wait = this.#drawnAt + shortestRefreshMs - this.#options.clock.monotonic();
    if (wait <= 0) this.#draw();
    else this.#schedule(wait);
  }

  #scheduleTick(): void {
    this.#schedule(nextTick(this.#snapshot));
  }

  #schedule(wait: number): void {
    this.#cancelTimer();
    if (this.#isClosed) return;
    this.#cancelTimer = this.#options.clock.timer(wait, () => {
      this.#draw();
    });
  }

  #change(action: UiAction): void {
    this.#state = reduce(this.#state, action);
    this.#snapshot = this.#look();
  }

  #carryOut(outcome: Outcome): void {
    for (const action of outcome.do) this.#change(action);
    if (outcome.then !== null) this.#start(outcome.then);
  }

  #start(effect: Effect): void {
    switch (effect.kind) {
      case "apply":
      case "approve":
      case "run":
        this.#performer.start(effect);
        break;
      case "refresh":
        this.#performer.refresh();
        break;
      case "edit":
      case "quit":
      case "suspend":
      case "redraw":
        this.#options.onTerminal(effect);
        break;
      default:
        unreachable(effect);
    }
  }
}

function canvasOf(size: Size, traits: TerminalTraits): Canvas {
  if (traits.spoken) return { cells: size.columns, glyphs: spokenGlyphs };
  return { cells: size.columns, glyphs: traits.unicode ? unicodeGlyphs : asciiGlyphs };
}
