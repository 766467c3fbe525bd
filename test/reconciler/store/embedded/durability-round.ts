import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("durability-writer.js", import.meta.url));

/** When a writer is killed: so long after its start, or after its first acknowledged write. */
export interface Death {
  readonly after: "start" | "first write";
  readonly delayMs: number;
  readonly maxLogBytes: number;
}

export interface Deceased {
  /** The last write it began, and the last it was told is safe; null where it came to none. */
  readonly sent: number | null;
  readonly done: number | null;
  /** What it left in the folder. */
  readonly files: readonly string[];
}

/** Runs a writer on a folder until its death. Throws where it ends in another way. */
export async function liveAndDie(directory: string, death: Death): Promise<Deceased> {
  const child = spawn(process.execPath, [program, directory, String(death.maxLogBytes)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const chunks: Buffer[] = [];
  const kill = (): void => {
    setTimeout(() => child.kill("SIGKILL"), death.delayMs);
  };
  let waiting = true;
  child.stdout.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    if (!waiting || death.after === "start") return;
    waiting = !Buffer.concat(chunks).includes("done ");
    if (!waiting) kill();
  });
  if (death.after === "start") kill();
  await ended;
  if (child.signalCode !== "SIGKILL")
    throw new Error(`the writer ended by itself, with ${String(child.exitCode ?? child.signalCode)}`);
  const lines = Buffer.concat(chunks).toString().split("\n").slice(0, -1);
  return { sent: last(lines, "sent "), done: last(lines, "done "), files: await readdir(directory) };
}

function last(lines: readonly string[], word: string): number | null {
  const line = lines.findLast((one) => one.startsWith(word));
  return line === undefined ? null : Number(line.slice(word.length));
}
