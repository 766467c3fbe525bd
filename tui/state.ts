/** What the user is looking at and typing. One union of actions, one pure reducer. */
import { unreachable } from "../reconciler/model/unreachable.ts";
import { cursorAtEnd, cursorAtStart, move, type Cursor, type Motion, type Shape } from "./cursor.ts";
import type { Aspect } from "./screens/detail.ts";
import type { Answer } from "./view/answer.ts";
import { nextSortKey, type SortKey } from "./sort.ts";

/** The screens that `:` and the digits lead to, in that order. */
export const screenNames = ["overview", "nodes", "vms", "drift", "plan", "events", "requests"] as const;
export type ScreenName = (typeof screenNames)[number];

/** A screen that was opened, with what belongs to it while it is open. */
export type Place = { readonly cursor: Cursor; readonly filter: string } & (
  | { readonly screen: ScreenName | "help" | "apply" }
  | { readonly screen: "detail"; readonly object: string; readonly aspect: Aspect; readonly answer: Answer }
  /** What a command answers that changes nothing. */
  | { readonly screen: "page"; readonly words: readonly string[]; readonly answer: Answer }
);

/** The line that is being typed. */
export type Prompt =
  | { readonly kind: "command"; readonly text: string }
  /** `before`: the filter that Esc puts back. */
  | { readonly kind: "filter"; readonly text: string; readonly before: string }
  /** `digest`: the edits that were shown; others are not applied by this yes. */
  | { readonly kind: "apply"; readonly question: string; readonly digest: string | null }
  | { readonly kind: "approve"; readonly vm: string; readonly text: string }
  | { readonly kind: "verb"; readonly words: readonly string[]; readonly question: string }
  /** What hurts is done once its name was typed. */
  | {
      readonly kind: "typed-verb";
      readonly words: readonly string[];
      readonly name: string;
      readonly text: string;
    };

export interface Notice {
  readonly tone: "ok" | "warn" | "bad" | "plain";
  readonly text: string;
}

/** An apply, or another command, that was asked for here. */
export interface Run {
  readonly title: string;
  readonly phase: "running" | "done" | "failed";
  readonly lines: readonly string[];
  readonly since: number;
}

export interface UiState {
  /** The last one is on screen; Esc goes back to the one before. */
  readonly places: readonly [Place, ...Place[]];
  readonly prompt: Prompt | null;
  readonly writable: boolean;
  readonly sort: SortKey;
  /** Objects that a command without a name is about: `VM/web1`. */
  readonly marks: ReadonlySet<string>;
  readonly notice: Notice | null;
  readonly run: Run | null;
}

export type UiAction =
  | { readonly kind: "move"; readonly motion: Motion; readonly shapes: readonly Shape[] }
  | { readonly kind: "go"; readonly screen: ScreenName | "help" | "apply"; readonly filter: string }
  | { readonly kind: "open"; readonly object: string; readonly aspect: Aspect }
  | { readonly kind: "page"; readonly words: readonly string[] }
  | { readonly kind: "answer"; readonly question: readonly string[]; readonly answer: Answer }
  | { readonly kind: "back" }
  | { readonly kind: "prompt"; readonly prompt: Prompt }
  | { readonly kind: "type"; readonly text: string }
  | { readonly kind: "close-prompt" }
  | { readonly kind: "filter"; readonly text: string }
  | { readonly kind: "sort"; readonly key: SortKey | "next" }
  | { readonly kind: "mark"; readonly object: string }
  | { readonly kind: "unmark" }
  | { readonly kind: "writable"; readonly writable: boolean }
  | { readonly kind: "notice"; readonly notice: Notice | null }
  | { readonly kind: "run-began"; readonly title: string; readonly since: number }
  | { readonly kind: "run-line"; readonly text: string }
  | { readonly kind: "run-ended"; readonly ok: boolean; readonly lines: readonly string[] };

export function initialState(writable: boolean): UiState {
  return {
    places: [{ screen: "overview", cursor: cursorAtStart, filter: "" }],
    prompt: null,
    writable,
    sort: "name",
    marks: new Set(),
    notice: null,
    run: null,
  };
}

/** The place on screen. */
export function placeOf(state: UiState): Place {
  return state.places.at(-1) ?? state.places[0];
}

export function reduce(state: UiState, action: UiAction): UiState {
  switch (action.kind) {
    case "move":
      return onPlace(state, (place) => ({
        ...place,
        cursor: move(place.cursor, action.motion, action.shapes),
      }));
    case "go":
      return go(state, {
        screen: action.screen,
        cursor: action.screen === "apply" ? cursorAtEnd : cursorAtStart,
        filter: action.filter,
      });
    case "open":
      return open(state, action.object, action.aspect);
    case "page":
      return page(state, action.words);
    case "answer":
      return onPlace(state, (place) => answered(place, action));
    case "back":
      return back(state);
    case "prompt":
      return { ...state, prompt: action.prompt, notice: null };
    case "type":
      return typed(state, action.text);
    case "close-prompt":
      return closePrompt(state);
    case "filter":
      return onPlace(state, (place) => ({ ...place, filter: action.text, cursor: cursorAtStart }));
    case "sort":
      return { ...state, sort: action.key === "next" ? nextSortKey(state.sort) : action.key };
    case "mark":
      return { ...state, marks: toggled(state.marks, action.object) };
    case "unmark":
      return { ...state, marks: new Set() };
    case "writable":
      return { ...state, writable: action.writable };
    case "notice":
      return { ...state, notice: action.notice };
    case "run-began":
    case "run-line":
      return { ...state, run: reduceRun(state.run, action) };
    case "run-ended":
      return runEnded({ ...state, run: reduceRun(state.run, action) });
    default:
      return unreachable(action);
  }
}

/** So many screens back are enough; older ones are forgotten, the first one never. */
const mostPlaces = 20;
const mostRunLines = 500;

function onPlace(state: UiState, change: (place: Place) => Place): UiState {
  return { ...state, places: replaceLast(state.places, change(placeOf(state))) };
}

function replaceLast(places: UiState["places"], place: Place): UiState["places"] {
  const [first, ...rest] = places;
  return rest.length === 0 ? [place] : [first, ...rest.slice(0, -1), place];
}

function go(state: UiState, place: Place): UiState {
  if (placeOf(state).screen === place.screen && place.screen !== "detail") {
    return onPlace(state, (now) =>
      now.filter === place.filter ? now : { ...now, filter: place.filter, cursor: cursorAtStart },
    );
  }
  if (place.screen === "overview" && place.filter === "")
    return { ...state, places: [state.places[0]], notice: null };
  return push(state, place);
}

function open(state: UiState, object: string, aspect: Aspect): UiState {
  const now = placeOf(state);
  const place: Place = {
    screen: "detail",
    object,
    aspect,
    answer: { phase: "asking" },
    cursor: cursorAtStart,
    filter: "",
  };
  if (now.screen === "detail" && now.object === object) return onPlace(state, () => place);
  return push(state, place);
}

function page(state: UiState, words: readonly string[]): UiState {
  const now = placeOf(state);
  const place: Place = {
    screen: "page",
    words,
    answer: { phase: "asking" },
    cursor: cursorAtStart,
    filter: "",
  };
  return now.screen === "page" && isSame(now.words, words) ? onPlace(state, () => place) : push(state, place);
}

/** The command whose answer is on screen; null: the report alone is. */
export function questionOf(place: Place): readonly string[] | null {
  if (place.screen === "page") return place.words;
  if (place.screen !== "detail") return null;
  return place.aspect === "yaml" ? ["get", place.object, "-o", "yaml"] : [place.aspect, place.object];
}

function isSame(a: readonly string[], b: readonly string[] | null): boolean {
  return b !== null && a.length === b.length && a.every((word, index) => word === b[index]);
}

function push(state: UiState, place: Place): UiState {
  const [first, ...rest] = state.places;
  return { ...state, places: [first, ...rest.slice(-(mostPlaces - 2)), place], notice: null };
}

function back(state: UiState): UiState {
  if (placeOf(state).filter !== "")
    return onPlace(state, (place) => ({ ...place, filter: "", cursor: cursorAtStart }));
  const [first, ...rest] = state.places;
  return { ...state, places: [first, ...rest.slice(0, -1)] };
}

/** An answer that comes after the user went on is dropped. */
function answered(place: Place, action: Extract<UiAction, { kind: "answer" }>): Place {
  if (place.screen !== "detail" && place.screen !== "page") return place;
  return isSame(action.question, questionOf(place)) ? { ...place, answer: action.answer } : place;
}

function typed(state: UiState, text: string): UiState {
  const { prompt } = state;
  if (prompt === null || prompt.kind === "apply" || prompt.kind === "verb") return state;
  const next: UiState = { ...state, prompt: { ...prompt, text } };
  return prompt.kind === "filter" ? reduce(next, { kind: "filter", text }) : next;
}

function toggled(marks: ReadonlySet<string>, object: string): ReadonlySet<string> {
  return marks.has(object)
    ? new Set([...marks].filter((each) => each !== object))
    : new Set([...marks, object]);
}

function closePrompt(state: UiState): UiState {
  return { ...state, prompt: null };
}

/** Where its page is on screen that says so; elsewhere it is told, in the place of that it is to be waited for. */
function runEnded(state: UiState): UiState {
  const { run } = state;
  if (run === null) return state;
  if (placeOf(state).screen === "apply") return { ...state, notice: null };
  // Its steps may still be under way: they are on the screens, and can be undone.
  const [tone, how] =
    run.phase === "done" ? (["ok", "has ended well"] as const) : (["bad", "has failed"] as const);
  return { ...state, notice: { tone, text: `\`${run.title}\` ${how}; :last shows what it said.` } };
}

function reduceRun(
  run: Run | null,
  action: Extract<UiAction, { kind: "run-began" | "run-line" | "run-ended" }>,
): Run | null {
  if (action.kind === "run-began") {
    return { phase: "running", title: action.title, lines: [], since: action.since };
  }
  if (run === null) return null;
  const added = action.kind === "run-line" ? [action.text] : action.lines;
  const lines = [...run.lines, ...added].slice(-mostRunLines);
  return action.kind === "run-line"
    ? { ...run, lines }
    : { ...run, lines, phase: action.ok ? "done" : "failed" };
}
