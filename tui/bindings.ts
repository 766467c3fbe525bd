/** The keys, once: what they do, what the key bar and the help say of them. */
import type { Motion } from "./cursor.ts";
import type { KeyName } from "./keys.ts";
import { act, effect, type Effect, type KeyContext, type Outcome } from "./outcome.ts";
import { askApply, askApprove, askEdit, whyNotApply } from "./questions.ts";
import type { Aspect } from "./screens/detail.ts";
import { placeOf, questionOf, screenNames } from "./state.ts";
import { waitsForApproval } from "./view/plan-summary.ts";

export interface Binding {
  readonly keys: readonly KeyName[];
  /** How people write the key. */
  readonly shown: string;
  readonly label: string;
  readonly help: string;
  /** Whether it does something here; the key bar shows those that do, and say so. */
  readonly works: (context: KeyContext) => boolean;
  /** At which end of the key bar it stands; null: only in the help. */
  readonly bar: "left" | "right" | null;
  readonly press: (context: KeyContext) => Outcome;
}

export const bindings: readonly Binding[] = [
  moving(["down", "j"], "j k", "down, up; arrows too", "down"),
  moving(["up", "k"], null, "", "up"),
  moving(["pagedown", "ctrl-f"], "PgDn PgUp", "a page down, up; Ctrl-F, Ctrl-B too", "page-down"),
  moving(["pageup", "ctrl-b"], null, "", "page-up"),
  moving(["home", "g"], "g G", "first, last line", "first"),
  moving(["end", "G"], null, "", "last"),
  {
    ...moving(["tab"], "Tab", "from nodes to VMs and back", "next-panel"),
    works: ({ shapes }) => shapes.length > 1,
  },
  {
    keys: ["esc"],
    shown: "Esc",
    label: "back",
    help: "close the prompt, drop the marks or the filter, go back",
    works: ({ state }) => state.places.length > 1 || placeOf(state).filter !== "" || state.marks.size > 0,
    bar: "left",
    press: ({ state }) => act({ kind: state.marks.size > 0 ? "unmark" : "back" }),
  },
  {
    keys: ["enter"],
    shown: "Enter",
    label: "open",
    help: "open what is under the cursor: a VM, or the VMs of a node",
    works: hasObject,
    bar: "left",
    press: drillIn,
  },
  {
    keys: ["w"],
    shown: "w",
    label: "why",
    help: "why it is where and how it is",
    works: (context) => hasObject(context) || isOnAnother(context, "why"),
    bar: "left",
    press: ({ object }) => open(object, "why"),
  },
  {
    keys: ["d"],
    shown: "d",
    label: "detail",
    help: "describe: everything known of it",
    works: (context) => hasObject(context) || isOnAnother(context, "describe"),
    bar: "left",
    press: ({ object }) => open(object, "describe"),
  },
  {
    keys: ["y"],
    shown: "y",
    label: "",
    help: "what is known of it, as YAML",
    works: (context) => hasObject(context) || isOnAnother(context, "yaml"),
    bar: null,
    press: ({ object }) => open(object, "yaml"),
  },
  {
    keys: ["A"],
    shown: "A",
    label: "approve",
    help: "approve the destruction that waits for it; the name must be typed",
    works: ({ report, object, state }) =>
      state.writable && object !== null && waitsForApproval(report, object),
    bar: "left",
    press: approve,
  },
  {
    keys: ["a"],
    shown: "a",
    label: "apply",
    help: "apply the pending edits: shows the plan and asks (read-write only)",
    works: ({ state, report }) => whyNotApply(state, report) === null,
    bar: "left",
    press: askApply,
  },
  {
    keys: ["/"],
    shown: "/",
    label: "filter",
    help: "only lines with this text or regular expression; !text: those without; for VMs also state=held, node=hv1, tag=shop",
    works: isFilterable,
    bar: "left",
    press: ({ state }) => {
      const { filter } = placeOf(state);
      return act({ kind: "prompt", prompt: { kind: "filter", text: filter, before: filter } });
    },
  },
  {
    keys: ["p"],
    shown: "p",
    label: "plan",
    help: "the plan screen",
    works: ({ state }) => placeOf(state).screen !== "plan",
    bar: "left",
    press: () => act({ kind: "go", screen: "plan", filter: "" }),
  },
  {
    keys: ["s"],
    shown: "s",
    label: "sort",
    help: "next order: name, state (trouble first), node, memory",
    works: ({ state }) => ["overview", "nodes", "vms"].includes(placeOf(state).screen),
    bar: "left",
    press: () => act({ kind: "sort", key: "next" }),
  },
  {
    keys: ["e"],
    shown: "e",
    label: "edit",
    help: "its document in $EDITOR, then the plan of it (read-write only)",
    works: (context) => context.state.writable && isEditable(context),
    bar: "left",
    press: (context) => (isEditable(context) ? askEdit(context, context.object) : act()),
  },
  {
    keys: [" "],
    shown: "Space",
    label: "mark",
    help: "mark it, or no longer: `:shutdown` and the like without a name are about all that are marked",
    works: ({ state }) => state.marks.size > 0,
    bar: "left",
    press: mark,
  },
  {
    keys: [":"],
    shown: ":",
    label: "cmd",
    help: "type a command; Tab completes it",
    works: always,
    bar: "right",
    press: () => act({ kind: "prompt", prompt: { kind: "command", text: "" } }),
  },
  {
    keys: ["?"],
    shown: "?",
    label: "help",
    help: "this page",
    works: ({ state }) => placeOf(state).screen !== "help",
    bar: "right",
    press: () => act({ kind: "go", screen: "help", filter: "" }),
  },
  {
    keys: ["r"],
    shown: "r",
    label: "refresh",
    help: "ask again (in the view of a VM or node, or of a command)",
    works: ({ state }) => questionOf(placeOf(state)) !== null,
    bar: null,
    press: () => effect({ kind: "refresh" }),
  },
  ...screenNames.map(digitBinding),
  plain(["ctrl-l"], "Ctrl-L", "draw the screen anew", { kind: "redraw" }),
  plain(["ctrl-z"], "Ctrl-Z", "suspend; `fg` comes back", { kind: "suspend" }),
  { ...plain(["q"], "q", "leave; Ctrl-C too", { kind: "quit" }), label: "quit", bar: "right" },
];

/** And on to the next, as one marks a row of them. On a text it is a page down. */
function mark(context: KeyContext): Outcome {
  const { object, shapes } = context;
  if (object === null || !hasObject(context)) return act({ kind: "move", motion: "page-down", shapes });
  return act({ kind: "mark", object }, { kind: "move", motion: "down", shapes });
}

function approve(context: KeyContext): Outcome {
  const { object } = context;
  return object?.startsWith("VM/") === true ? askApprove(context, object.slice("VM/".length)) : act();
}

/** Into a node lead its VMs, into everything else its description. */
function drillIn({ object }: KeyContext): Outcome {
  if (object?.startsWith("Node/") !== true) return open(object, "describe");
  return act({ kind: "go", screen: "vms", filter: `node=${object.slice("Node/".length)} ` });
}

function open(object: string | null, aspect: Aspect): Outcome {
  return object === null ? act() : act({ kind: "open", object, aspect });
}

function moving(keys: readonly KeyName[], shown: string | null, help: string, motion: Motion): Binding {
  return {
    keys,
    shown: shown ?? "",
    label: "",
    help,
    works: always,
    bar: null,
    press: ({ shapes }) => act({ kind: "move", motion, shapes }),
  };
}

function plain(keys: readonly KeyName[], shown: string, help: string, then: Effect): Binding {
  return { keys, shown, label: "", help, works: always, bar: null, press: () => effect(then) };
}

function digitBinding(screen: (typeof screenNames)[number], index: number): Binding {
  const digit = String(index + 1);
  return {
    keys: [digit],
    shown: index === 0 ? `1-${String(screenNames.length)}` : "",
    label: "",
    help: index === 0 ? screenNames.join(", ") : "",
    works: always,
    bar: null,
    press: () => act({ kind: "go", screen, filter: "" }),
  };
}

function always(): boolean {
  return true;
}

function hasObject({ object, state }: KeyContext): boolean {
  return object !== null && placeOf(state).screen !== "detail" && /^(?:VM|Node)\//.test(object);
}

function isEditable(context: KeyContext): context is KeyContext & { readonly object: string } {
  return context.object !== null && /^(?:VM|Node)\//.test(context.object);
}

function isOnAnother({ state }: KeyContext, aspect: Aspect): boolean {
  const place = placeOf(state);
  return place.screen === "detail" && place.aspect !== aspect;
}

function isFilterable({ state }: KeyContext): boolean {
  return !["detail", "page", "help", "apply"].includes(placeOf(state).screen);
}
