import { type Command, CommanderError } from "commander";
import { type ExitCode, exitCodes, KeelError } from "../reconciler/model/errors.ts";
import { StoreError } from "../reconciler/store/store.ts";
import type { Context } from "./context.ts";
import { renderDefect, renderError, storeProblem } from "./error-output.ts";
import { type Lent, openContext } from "./open-context.ts";
import { createProgram } from "./program.ts";
import type { World } from "./world.ts";

/**
 * Carries out one command line, from its arguments to its exit status. Whatever goes wrong is told on standard error;
 * it never throws and never ends the process. `lent`: connections of the caller's, to be used instead of own ones.
 */
export async function run(args: readonly string[], world: World, lent: Lent | null = null): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  let latest: Context | null = null;
  const program = createProgram(world, (command) => {
    latest = openContext(command, { world, lent, onExitCode: (code) => (exitCode = code) });
    return latest;
  });
  if (args.length === 0) {
    program.outputHelp();
    return exitCodes.ok;
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (isAnswer(thrown)) return exitCodes.ok;
    if (world.unread.aborted && !world.ended.aborted) return exitCode;
    return tell(await explain(thrown, latest, program, args, world), asksForJson(args), world);
  }
}

/** Help and version arrive as errors too. */
function isAnswer(thrown: unknown): boolean {
  return thrown instanceof CommanderError && thrown.exitCode === 0;
}

/** The error to tell of; null: a defect. */
async function explain(
  thrown: unknown,
  context: Context | null,
  program: Command,
  args: readonly string[],
  world: World,
): Promise<KeelError | { readonly defect: unknown }> {
  if (world.ended.aborted) return new KeelError("interrupted");
  if (thrown instanceof CommanderError) return usageError(sentence(thrown.message), program, args);
  if (thrown instanceof StoreError) return storeProblem(thrown, (await context?.endpoints().catch(() => null)) ?? []);
  if (!(thrown instanceof KeelError)) return { defect: thrown };
  if (thrown.code !== "usage") return thrown;
  return usageError(String(thrown.parameters["problem"]), program, args);
}

function tell(error: KeelError | { readonly defect: unknown }, asJson: boolean, world: World): ExitCode {
  if (error instanceof KeelError) {
    world.stderr.write(renderError(error, asJson));
    return error.exit;
  }
  world.stderr.write(renderDefect(error.defect, asJson));
  return exitCodes.error;
}

function usageError(problem: string, program: Command, args: readonly string[]): KeelError {
  return new KeelError("usage", { problem, command: commandPath(program, args) });
}

/** `keel node fence`, out of `--dir x node fence hv1`: the command that the arguments got to. */
function commandPath(program: Command, args: readonly string[]): string {
  const path = [program.name()];
  let command = program;
  for (const arg of args) {
    const next = command.commands.find((child) => child.name() === arg || child.aliases().includes(arg));
    if (next === undefined) continue;
    path.push(next.name());
    command = next;
  }
  return path.join(" ");
}

/** Commander's words in the form of ours: `error: unknown option '--foo'` is `Unknown option '--foo'.` */
function sentence(message: string): string {
  const [first = "", ...rest] = message.replace(/^error: /, "").split("\n");
  const whole = `${first.charAt(0).toUpperCase()}${first.slice(1)}${/[.?!]$/.test(first) ? "" : "."}`;
  const hints = rest.map((line) => line.replace(/^\((.*)\)$/, "$1")).filter((line) => line !== "");
  return [whole, ...hints].join(" ");
}

/** Looked for in the arguments as they are: they may be the very thing that could not be understood. */
function asksForJson(args: readonly string[]): boolean {
  return args.some((arg, index) => {
    if (arg === "-o" || arg === "--output") return args[index + 1] === "json";
    return arg === "-ojson" || arg === "--output=json";
  });
}
