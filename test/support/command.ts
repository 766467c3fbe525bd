import { spawn } from "node:child_process";

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function finish(program: string, args: readonly string[], input = ""): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"] });
    const text = { stdout: "", stderr: "" };
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (text.stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (text.stderr += chunk));
    child.stdin.on("error", () => undefined); // It may end without reading.
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, ...text }));
  });
}

/** Its output. @throws Error with what it said, where it failed. */
export async function run(program: string, args: readonly string[], input = ""): Promise<string> {
  const { status, stdout, stderr } = await finish(program, args, input);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(" ")} ended with ${String(status)}: ${stderr}${stdout}`);
}
