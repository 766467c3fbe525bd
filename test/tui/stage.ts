/** A session with everything around it: a feed that is told what to say, a clock that stands still, actions that note. */
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";

import { renderToString } from "ink";
import { createElement } from "react";

import type { ClusterReport } from "../../reconciler/model/report.ts";
import { Frame } from "../../tui/components/frame.tsx";
import type { KeyFlags } from "../../tui/keys.ts";
import type { Size } from "../../tui/layout.ts";
import { paletteOf } from "../../tui/palette.ts";
import type { Actions, ClusterFeed } from "../../tui/ports.ts";
import { Session, type TerminalEffect } from "../../tui/session.ts";
import { placeOf, type Place } from "../../tui/state.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { now } from "./fixture.ts";

export interface StageOptions {
  readonly report?: ClusterReport | null;
  readonly size?: Size;
  readonly readOnly?: boolean;
  readonly unicode?: boolean;
  readonly spoken?: boolean;
  readonly actions?: Partial<Actions>;
}

export class Stage {
  readonly clock = new FakeClock(now);
  readonly feed: FakeFeed;
  readonly session: Session;
  /** What only a shell can do, as it was asked for. */
  readonly asked: TerminalEffect["kind"][] = [];
  /** Calls of the ports: "apply d1", "approve db1 root". */
  readonly calls: string[] = [];
  draws = 0;

  constructor(options: StageOptions = {}) {
    this.feed = new FakeFeed(options.report ?? null);
    this.session = new Session({
      cluster: this.feed,
      actions: { ...this.#notingActions(), ...options.actions },
      clock: this.clock,
      readOnly: options.readOnly ?? true,
      size: options.size ?? { columns: 80, rows: 24 },
      traits: { colour: false, unicode: options.unicode ?? true, spoken: options.spoken ?? false },
      onTerminal: ({ kind }) => this.asked.push(kind),
    });
    this.session.subscribe(() => {
      this.draws += 1;
    });
  }

  /** Keys by name, each as a chunk of its own. */
  press(...keys: readonly string[]): this {
    for (const key of keys) {
      const flag = flagOf[key];
      if (key.startsWith("ctrl-")) this.session.input(key.slice("ctrl-".length), { ...noFlags, ctrl: true });
      else
        this.session.input(
          flag === undefined ? key : "",
          flag === undefined ? noFlags : { ...noFlags, [flag]: true },
        );
    }
    return this;
  }

  /** Text as it comes when it is typed: a character at a time. */
  type(text: string): this {
    return this.press(...Array.from(text));
  }

  get place(): Place {
    return placeOf(this.session.snapshot().state);
  }

  /** What the cursor is on. */
  get object(): string | null {
    return this.session.snapshot().object;
  }

  /** The screen as text. */
  frame(): string {
    const snapshot = this.session.snapshot();
    const element = createElement(Frame, { snapshot, palette: paletteOf(false) });
    return stripVTControlCharacters(renderToString(element, { columns: snapshot.size.columns }));
  }

  #notingActions(): Actions {
    return {
      apply: (digest) => {
        this.calls.push(`apply ${digest ?? "none"}`);
        return Promise.resolve({ ok: true, text: "applied as generation 43" });
      },
      ask: (words) => {
        const [what = "", object = ""] = words;
        this.calls.push(words.join(" "));
        return Promise.resolve([what === "why" ? `${object} is where it should be.` : `all of ${object}`]);
      },
      run: (words) => {
        this.calls.push(`run ${words.join(" ")}`);
        return Readable.from(["all done"]);
      },
      edit: (object) => {
        this.calls.push(`edit ${object}`);
        return Promise.resolve([`Changed ${object}.`]);
      },
      approve: (vm, disks) => {
        this.calls.push(["approve", vm, ...disks].join(" "));
        return Promise.resolve({ ok: true, text: `approved: ${vm}` });
      },
    };
  }
}

export class FakeFeed implements ClusterFeed {
  #report: ClusterReport | null;
  #problem: string | null = null;
  readonly #callbacks = new Set<() => void>();

  constructor(report: ClusterReport | null) {
    this.#report = report;
  }

  current(): ClusterReport | null {
    return this.#report;
  }

  problem(): string | null {
    return this.#problem;
  }

  subscribe(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  get subscribers(): number {
    return this.#callbacks.size;
  }

  tell(report: ClusterReport | null, problem: string | null = null): void {
    this.#report = report;
    this.#problem = problem;
    for (const callback of this.#callbacks) callback();
  }
}

/** Promises that wait only for each other have all settled before the event loop turns. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

export const noFlags: KeyFlags = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  backspace: false,
  delete: false,
  ctrl: false,
  meta: false,
};

const flagOf: Readonly<Record<string, keyof KeyFlags>> = {
  up: "upArrow",
  down: "downArrow",
  pageup: "pageUp",
  pagedown: "pageDown",
  home: "home",
  end: "end",
  enter: "return",
  esc: "escape",
  tab: "tab",
  backspace: "backspace",
};
