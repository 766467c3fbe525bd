import { open } from "node:fs/promises";
import { join } from "node:path";
import type { DomainEnd } from "../hypervisor.ts";

type Cause = DomainEnd["cause"];

/** The end of a log is all that is looked at. */
const tailBytes = 64 * 1024;

/** libvirt's words for the end of a run, in events and logs alike, and what they mean. */
const causes: Readonly<Record<string, Cause>> = {
  shutdown: "guest",
  destroyed: "cut",
  crashed: "crash",
  failed: "crash",
  migrated: "migrated",
};

export function causeOf(word: string): Cause {
  return causes[word] ?? "unknown";
}

/** How the last run of a domain ended, by the log that libvirt keeps of it; unknown where it does not say. */
export async function causeByLog(folder: string, domainName: string): Promise<Cause> {
  const text = await tailOf(join(folder, `${domainName}.log`));
  const lines = text.split("\n");
  const started = lines.findLastIndex((line) => /: starting up/u.test(line));
  const reason = lines
    .slice(Math.max(0, started))
    .map((line) => /: shutting down, reason=(?<word>[a-z-]+)/u.exec(line)?.groups?.["word"])
    .findLast((word) => word !== undefined);
  return reason === undefined ? "unknown" : causeOf(reason);
}

async function tailOf(path: string): Promise<string> {
  try {
    await using file = await open(path);
    const { size } = await file.stat();
    const length = Math.min(size, tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}
