import type { SortKey } from "../sort.ts";
import { groupDigits } from "./amounts.ts";
import { joinLines, span, type Line, type Tone } from "./line.ts";

/** "2 held · 14 running": how many there are of each state that occurs, in the order of `states`. */
export function stateCounts<State extends string>(
  items: readonly { readonly state: State }[],
  states: readonly State[],
  tones: Readonly<Record<State, Tone>>,
): Line {
  const counts = new Map<State, number>();
  for (const { state } of items) counts.set(state, (counts.get(state) ?? 0) + 1);
  const parts = states.flatMap((state) => {
    const number = counts.get(state);
    return number === undefined ? [] : [[span(`${groupDigits(number)} ${state}`, tones[state])]];
  });
  return joinLines(parts, span("  "));
}

/** "VMS 12", or "VMS 3 of 12 by state  /web" with a filter and an order of its own. */
export function listTitle(
  title: string,
  counts: { readonly shown: number; readonly all: number },
  filter: string,
  sort: SortKey = "name",
): string {
  const all = groupDigits(counts.all);
  const number = filter === "" ? all : `${groupDigits(counts.shown)} of ${all}`;
  const order = sort === "name" ? "" : ` by ${sort}`;
  return `${title.toUpperCase()} ${number}${order}${filter === "" ? "" : `  /${filter}`}`;
}
