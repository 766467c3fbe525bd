import { PassThrough, Readable } from "node:stream";
import { createInterface } from "node:readline";
import { exitCodes, type ExitCode } from "../reconciler/model/errors.ts";
import type { World } from "./world.ts";

/** A command ended with another status than 0. What it said is the message. */
export class CommandFailedError extends Error {
  readonly exit: ExitCode;

  constructor(exit: ExitCode, said: readonly string[]) {
    super(said.join("\n"));
    this.name = "CommandFailedError";
    this.exit = exit;
  }
}

/**
 * Runs a command in a world of its own and yields what it says, line by line, without colours. It is asked nothing: it
 * has no terminal. Throws `CommandFailedError` with what it said on standard error where it fails.
 */
export async function* capturedRun(
  command: (world: World) => Promise<ExitCode>,
  world: World,
): AsyncGenerator<string, void> {
  const output = new PassThrough();
  const errors = new PassThrough();
  const complaints: string[] = [];
  errors.setEncoding("utf8").on("data", (text: string) => complaints.push(text));
  const captured: World = {
    ...world,
    env: { ...world.env, NO_COLOR: "1" },
    stdin: Readable.from([]),
    stdout: output,
    stderr: errors,
    tellParent: () => undefined,
  };
  const ending = command(captured).finally(() => output.end());
  yield* createInterface({ input: output, crlfDelay: Infinity });
  const exit = await ending;
  if (exit !== exitCodes.ok) throw new CommandFailedError(exit, complaints.join("").trimEnd().split("\n"));
}
