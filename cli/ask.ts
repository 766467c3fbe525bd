import { createInterface } from "node:readline";
import { abortable } from "./until-aborted.ts";
import type { World } from "./world.ts";

/** An answer that is piped in is there at once; an open pipe that stays silent belongs to nobody. */
const pipedAnswerMs = 5_000;

/**
 * The line that answers the question; null where nobody answers. On a terminal it waits for as long as it takes, until
 * the command is ended, which rejects. The question goes to standard error, beside the data.
 */
export async function askOn(world: World, question: string): Promise<string | null> {
  const { stdin, stderr, clock, ended } = world;
  ended.throwIfAborted();
  stderr.write(question);
  // Not as a terminal: then the kernel edits the line, and Ctrl-C stays a signal.
  const lines = createInterface({ input: stdin, terminal: false });
  try {
    const answer = new Promise<string | null>((resolve) => {
      lines.once("line", (line) => resolve(line.trim()));
      lines.once("close", () => resolve(null));
      if (stdin.isTTY === true) return;
      const cancel = clock.timer(pipedAnswerMs, () => resolve(null));
      lines.once("close", cancel);
    });
    return await abortable(answer, ended);
  } finally {
    lines.close();
    if (stdin.isTTY !== true) stderr.write("\n");
  }
}
