/** The signs of the terminal UI, in two sets of the same shape: one for UTF-8 terminals, one in plain ASCII. */
import type { NodeState, VmState } from "../../reconciler/model/states.ts";
import type { ChangeWord } from "../../reconciler/model/report.ts";

export interface Glyphs {
  readonly ellipsis: string;
  readonly marker: string;
  /** Beside what is marked. */
  readonly chosen: string;
  readonly rule: string;
  readonly dot: string;
  readonly arrow: string;
  readonly alert: string;
  readonly good: string;
  readonly stale: string;
  readonly away: string;
  readonly bar: { readonly full: string; readonly half: string; readonly rest: string };
  readonly vm: Readonly<Record<VmState, string>>;
  readonly node: Readonly<Record<NodeState, string>>;
  readonly change: Readonly<Record<ChangeWord, string>>;
}

/** Each sign is one cell wide, also where emoji fonts are at hand. */
export const unicodeGlyphs: Glyphs = {
  ellipsis: "…",
  marker: "▸",
  chosen: "◆",
  rule: "─",
  dot: "·",
  arrow: "→",
  alert: "!",
  good: "✓",
  stale: "≈",
  away: "≠",
  bar: { full: "━", half: "╸", rest: "┈" },
  vm: {
    "running": "●",
    "stopped": "○",
    "stopping": "↓",
    "starting": "↑",
    "migrating": "→",
    "held": "■",
    "crash-loop": "↻",
    "disabled": "⊘",
    "orphaned": "◌",
    "failed": "✗",
    "unknown": "?",
  },
  node: {
    "ready": "●",
    "cordoned": "◐",
    "flushing": "↓",
    "flushed": "○",
    "returning": "↑",
    "unseen": "◌",
    "agent-down": "≈",
    "suspect": "?",
    "lost": "✗",
    "fencing": "!",
    "fence-failed": "✗",
    "fenced": "■",
    "leaving": "←",
  },
  change: {
    create: "+",
    update: "~",
    start: "↑",
    stop: "↓",
    restart: "↻",
    migrate: "→",
    destroy: "-",
    orphan: "◌",
    adopt: "=",
    remove: "-",
  },
};

/** For who hears it: words stand beside all signs, so there are none. */
export const spokenGlyphs: Glyphs = {
  ellipsis: "",
  marker: "",
  chosen: "",
  rule: "",
  dot: ",",
  arrow: "to",
  alert: "attention:",
  good: "",
  stale: "",
  away: "differs:",
  bar: { full: "", half: "", rest: "" },
  vm: {
    "running": "",
    "stopped": "",
    "stopping": "",
    "starting": "",
    "migrating": "",
    "held": "",
    "crash-loop": "",
    "disabled": "",
    "orphaned": "",
    "failed": "",
    "unknown": "",
  },
  node: {
    "ready": "",
    "cordoned": "",
    "flushing": "",
    "flushed": "",
    "returning": "",
    "unseen": "",
    "agent-down": "",
    "suspect": "",
    "lost": "",
    "fencing": "",
    "fence-failed": "",
    "fenced": "",
    "leaving": "",
  },
  change: {
    create: "",
    update: "",
    start: "",
    stop: "",
    restart: "",
    migrate: "",
    destroy: "",
    orphan: "",
    adopt: "",
    remove: "",
  },
};

export const asciiGlyphs: Glyphs = {
  ellipsis: "~",
  marker: ">",
  chosen: "*",
  rule: "-",
  dot: "|",
  arrow: "->",
  alert: "!",
  good: "+",
  stale: "~",
  away: "!=",
  bar: { full: "#", half: "#", rest: "." },
  vm: {
    "running": "*",
    "stopped": "o",
    "stopping": "v",
    "starting": "^",
    "migrating": ">",
    "held": "#",
    "crash-loop": "@",
    "disabled": "-",
    "orphaned": ".",
    "failed": "x",
    "unknown": "?",
  },
  node: {
    "ready": "*",
    "cordoned": "c",
    "flushing": "v",
    "flushed": "o",
    "returning": "^",
    "unseen": ".",
    "agent-down": "~",
    "suspect": "?",
    "lost": "x",
    "fencing": "!",
    "fence-failed": "x",
    "fenced": "#",
    "leaving": "<",
  },
  change: {
    create: "+",
    update: "~",
    start: "^",
    stop: "v",
    restart: "R",
    migrate: ">",
    destroy: "-",
    orphan: ".",
    adopt: "=",
    remove: "-",
  },
};
