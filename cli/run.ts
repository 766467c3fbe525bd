import { type Command, CommanderError, type Option } from "commander";
import { type ExitCode, exitCodes, KeelError } from "../reconciler/model/errors.ts";
import { StoreError } from "../reconciler/store/store.ts";
import { capturedRun } from "./captured-run.ts";
import type { Context, Lent, RunCommand } from "./context.ts";
import { renderDefect, renderError, storeProblem } from "./error-output.ts";
import { openContext } from "./open-context.ts";
import { createProgram } from "./program.ts";
import type { World } from "./world.ts";

/**
 * Carries out one command line, from its arguments to its exit status. Whatever goes wrong is told on standard error;
 * it never throws and never ends the process. `lent`: connections of the caller's, to be used instead of own ones.
 */
export async function run(
  args: readonly string[],
  world: World,
  lent: Lent | null = null,
): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  let latest: Context | null = null;
  const program = createProgram(world, (command) => {
    const runCommand: RunCommand = (inner, connections, ended) =>
      capturedRun((captured) => run(inner, captured, connections), {
        ...world,
        ended: AbortSignal.any([world.ended, ended]),
      });
    latest = openContext(command, { world, lent, runCommand, onExitCode: (code) => (exitCode = code) });
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
    if (thrown instanceof CommanderError && isHelp(thrown)) {
      return thrown.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    }
    if (world.unread.aborted && !world.ended.aborted) return exitCode;
    return tell(await explain(thrown, latest, program, args, world), asksForJson(args), world);
  }
}

/** Help and version arrive as errors too; so does the help of a command that needs another word behind it. */
function isHelp({ code, exitCode }: CommanderError): boolean {
  return exitCode === 0 || code === "commander.help";
}

/** The error to tell of. What is no error of the catalogue is a defect. */
async function explain(
  thrown: unknown,
  context: Context | null,
  program: Command,
  args: readonly string[],
  world: World,
): Promise<KeelError | { readonly defect: unknown }> {
  if (world.ended.aborted) return new KeelError("interrupted");
  if (thrown instanceof CommanderError) return usageError(sentence(thrown.message), program, args);
  if (thrown instanceof StoreError)
    return storeProblem(thrown, (await context?.endpoints().catch(() => null)) ?? []);
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

/** `keel store serve`, out of `--dir x store serve y`: the command that the arguments got to. */
function commandPath(program: Command, args: readonly string[]): string {
  const path = [program.name()];
  let command = program;
  let isValue = false;
  for (const arg of args) {
    const next = isValue ? undefined : command.commands.find((child) => child.name() === arg);
    isValue = !isValue && takesValue(arg, [...program.options, ...command.options]);
    if (next === undefined) continue;
    path.push(next.name());
    command = next;
  }
  return path.join(" ");
}

/** Whether the argument is an option whose value is the next one. */
function takesValue(arg: string, options: readonly Option[]): boolean {
  return options.some((option) => option.required && (option.short === arg || option.long === arg));
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
