import type { Command } from "commander";

/** A command line, and what it does. */
export type Example = readonly [line: string, meaning: string];

const examples = new WeakMap<Command, readonly Example[]>();

/** Ends the help of a command with examples. */
export function withExamples(command: Command, given: readonly Example[]): Command {
  examples.set(command, given);
  const width = Math.max(...given.map(([line]) => line.length));
  const lines = given.map(([line, meaning]) => `  ${line.padEnd(width)}  ${meaning}`);
  return command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}

/** Those that its help ends with. */
export function examplesOf(command: Command): readonly Example[] {
  return examples.get(command) ?? [];
}
