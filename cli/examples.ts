import type { Command } from "commander";

/** A command line, and what it does. */
export type Example = readonly [line: string, meaning: string];

/** Ends the help of a command with examples. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
