import type { Terminal } from "../terminal.ts";

/** Below this lines are broken by the terminal: text in a narrower column is no easier to read. */
const cellsMin = 40;

/** How wide text may be. Terminals that do not know their width say 0. */
export function cellsOfTerminal({ columns }: Pick<Terminal, "columns">): number {
  return Math.max(cellsMin, columns);
}
