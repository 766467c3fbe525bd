/** The `:` commands: their names, what they take, and how what is typed is completed. */
import { objectId } from "../reconciler/model/names.ts";
import type { ClusterReport } from "../reconciler/model/report.ts";
import { unreachable } from "../reconciler/model/unreachable.ts";
import type { ScreenName } from "./state.ts";
import type { Aspect } from "./screens/detail.ts";
import { sortKeys } from "./sort.ts";
import { type Verb, type VerbEntry, verbs } from "./verbs.ts";

export type Command =
  | { readonly kind: "screen"; readonly screen: ScreenName | "help" | "apply"; readonly filter: string }
  | { readonly kind: "open"; readonly aspect: Aspect; readonly object: string }
  | { readonly kind: "page"; readonly words: readonly string[] }
  | ({ readonly kind: "verb" } & Verb)
  /** No name was typed: it is about what is marked, else about what the cursor is on. */
  | { readonly kind: "verb-on-marked"; readonly entry: VerbEntry; readonly rest: readonly string[] }
  | { readonly kind: "writable"; readonly writable: boolean }
  | { readonly kind: "sort"; readonly key: (typeof sortKeys)[number] }
  | { readonly kind: "apply" }
  | { readonly kind: "approve"; readonly vm: string }
  | { readonly kind: "edit"; readonly object: string }
  | { readonly kind: "quit" }
  | { readonly kind: "unknown"; readonly problem: string };

export interface CommandEntry {
  /** The first is the name, the others are accepted too. */
  readonly names: readonly [string, ...string[]];
  /** What may follow, as the help shows it. */
  readonly takes: string;
  readonly help: string;
  readonly argument: "none" | "filter" | "object" | "vm" | "node" | "words" | "sort";
  /** `report`: what names may mean. */
  readonly parse: (argument: string, report: ClusterReport | null) => Command;
}

export const commands: readonly CommandEntry[] = [
  screenCommand("overview", ["overview", "home", "ov"], "everything on one screen"),
  screenCommand("nodes", ["nodes", "node", "no"], "nodes"),
  screenCommand("vms", ["vms", "vm"], "VMs"),
  screenCommand("drift", ["drift", "dr"], "pending edits, drift, orphans"),
  screenCommand("plan", ["plan", "pl"], "steps under way, what apply would do, what is blocked"),
  screenCommand("events", ["events", "event", "ev"], "what happened"),
  screenCommand(
    "requests",
    ["requests", "request", "req"],
    "what waits for an approval, and what was asked for",
  ),
  aspectCommand("describe", "everything known of a VM or node"),
  aspectCommand("why", "why it is where and how it is"),
  aspectCommand("yaml", "what is known of it, as YAML"),
  pageCommand("status", "", "the cluster in words", ["status"]),
  pageCommand("history", "", "what was in force, and who applied it", ["history"]),
  pageCommand("diff", "FROM [TO]", "what differs between two generations", ["diff"]),
  {
    names: ["sort"],
    takes: sortKeys.join("|"),
    help: "order of the rows",
    argument: "sort",
    parse: parseSort,
  },
  ...verbs.map(verbCommand),
  objectCommand("edit", "its document in $EDITOR, then the plan of it", (object) => ({
    kind: "edit",
    object,
  })),
  plainCommand(["rw"], "allow edits: apply, approve, and what moves or stops something", {
    kind: "writable",
    writable: true,
  }),
  plainCommand(["ro"], "read-only again", { kind: "writable", writable: false }),
  plainCommand(["apply"], "apply the pending edits; asks first", { kind: "apply" }),
  {
    names: ["approve"],
    takes: "VM",
    help: "approve a destruction; the name must be typed again",
    argument: "vm",
    parse: (vm) =>
      vm === ""
        ? { kind: "unknown", problem: ":approve needs the name of a VM" }
        : { kind: "approve", vm: plainVmName(vm) },
  },
  plainCommand(["last"], "what the last command from here said, and how it ended", {
    kind: "screen",
    screen: "apply",
    filter: "",
  }),
  plainCommand(["help", "h"], "keys, commands, signs", { kind: "screen", screen: "help", filter: "" }),
  plainCommand(["quit", "q", "q!"], "leave", { kind: "quit" }),
];

export function parseCommand(typed: string, report: ClusterReport | null): Command {
  const { word, argument } = split(typed);
  const found = commands.find((command) => command.names.includes(word)) ?? onlyBeginningWith(word);
  if (found === undefined) return { kind: "unknown", problem: `there is no command :${word} (? lists them)` };
  if (argument !== "" && found.argument === "none")
    return { kind: "unknown", problem: `:${word} takes nothing after it` };
  return found.parse(argument, report);
}

/** The whole lines that what is typed may become, best first, at most `most`. */
export function completions(typed: string, report: ClusterReport | null, most = 6): readonly string[] {
  const { word, argument, hasArgument } = split(typed);
  if (!hasArgument) {
    const names = commands.map((command) => command.names[0]).filter((name) => name.startsWith(word));
    return names.slice(0, most);
  }
  const found = commands.find((command) => command.names.includes(word));
  if (found === undefined) return [];
  const matching: string[] = [];
  for (const candidate of candidates(found.argument, report)) {
    if (beginsWith(candidate, argument.toLowerCase())) matching.push(`${word} ${candidate}`);
    if (matching.length === most) break;
  }
  return matching;
}

/** `vm/d` and `d` both begin VM/db1. */
function beginsWith(candidate: string, typed: string): boolean {
  const lower = candidate.toLowerCase();
  return lower.startsWith(typed) || lower.slice(lower.indexOf("/") + 1).startsWith(typed);
}

function* candidates(argument: CommandEntry["argument"], report: ClusterReport | null): Iterable<string> {
  const { vms = [], nodes = [] } = report ?? {};
  switch (argument) {
    case "sort":
      yield* sortKeys;
      return;
    case "vm":
      for (const { name } of vms) yield name;
      return;
    case "node":
      for (const { name } of nodes) yield name;
      return;
    case "object":
      for (const { name } of vms) yield objectId("VM", name);
      for (const { name } of nodes) yield objectId("Node", name);
      return;
    case "none":
    case "filter":
    case "words":
      return;
    default:
      unreachable(argument);
  }
}

function split(typed: string): {
  readonly word: string;
  readonly argument: string;
  readonly hasArgument: boolean;
} {
  const text = typed.trimStart();
  const space = text.indexOf(" ");
  if (space < 0) return { word: text, argument: "", hasArgument: false };
  return { word: text.slice(0, space), argument: text.slice(space).trim(), hasArgument: true };
}

function onlyBeginningWith(word: string): CommandEntry | undefined {
  const found = word === "" ? [] : commands.filter((command) => command.names[0].startsWith(word));
  return found.length === 1 ? found[0] : undefined;
}

function screenCommand(screen: ScreenName, names: CommandEntry["names"], help: string): CommandEntry {
  return {
    names,
    takes: screen === "overview" ? "" : "[FILTER]",
    help,
    argument: screen === "overview" ? "none" : "filter",
    parse: (filter) => ({ kind: "screen", screen, filter }),
  };
}

/** With the words that follow. */
function pageCommand(name: string, takes: string, help: string, words: readonly string[]): CommandEntry {
  return {
    names: [name],
    takes,
    help,
    argument: takes === "" ? "none" : "words",
    parse: (more) =>
      more === "" && takes !== "" && !takes.startsWith("[")
        ? { kind: "unknown", problem: `:${name} takes ${takes}` }
        : { kind: "page", words: [...words, ...wordsOf(more)] },
  };
}

function verbCommand(entry: VerbEntry): CommandEntry {
  const { name, takes, help, argument, page, verb } = entry;
  return {
    names: [name],
    takes,
    help,
    argument: argument === "none" ? "words" : argument,
    parse: (typed) => {
      const [first, ...rest] = wordsOf(typed);
      if (first === undefined && page !== undefined) return { kind: "page", words: page };
      if (first === undefined && argument !== "none") return { kind: "verb-on-marked", entry, rest };
      const found = verb(
        [argument === "vm" ? plainVmName(first ?? "") : (first ?? "").replace(/^node\//i, "")],
        rest,
      );
      return found === null
        ? { kind: "unknown", problem: `:${name} takes ${takes}` }
        : { kind: "verb", ...found };
    },
  };
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function aspectCommand(aspect: Aspect, help: string): CommandEntry {
  return objectCommand(aspect, help, (object) => ({ kind: "open", aspect, object }));
}

function objectCommand(word: string, help: string, of: (object: string) => Command): CommandEntry {
  return {
    names: [word],
    takes: "OBJECT",
    help,
    argument: "object",
    parse: (name, report) =>
      name === ""
        ? { kind: "unknown", problem: `:${word} needs an object, such as vm/web1 or node/hv1` }
        : of(fullObject(name, report)),
  };
}

function plainCommand(names: CommandEntry["names"], help: string, command: Command): CommandEntry {
  return { names, takes: "", help, argument: "none", parse: () => command };
}

function parseSort(argument: string): Command {
  const key = sortKeys.find((candidate) => candidate === argument);
  return key === undefined
    ? { kind: "unknown", problem: `:sort takes ${sortKeys.join(", ")}` }
    : { kind: "sort", key };
}

/** `web1`, `vm/web1`, `VM/web1` and `node/hv1` as the report names them; `hv1` too, where no VM is called so. */
function fullObject(name: string, report: ClusterReport | null): string {
  const [kind, rest] = name.split("/", 2);
  if (rest === undefined) {
    const isNamed = (row: { readonly name: string }) => row.name === name;
    const isNode = report !== null && !report.vms.some(isNamed) && report.nodes.some(isNamed);
    return objectId(isNode ? "Node" : "VM", name);
  }
  return kind?.toLowerCase() === "node"
    ? objectId("Node", rest)
    : kind?.toLowerCase() === "vm"
      ? objectId("VM", rest)
      : name;
}

function plainVmName(name: string): string {
  return name.replace(/^vm\//i, "");
}
