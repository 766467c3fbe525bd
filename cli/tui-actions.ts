import type { ActionOutcome, Actions } from "../tui/ports.ts";
import { loadFolder } from "../reconciler/desired/load-folder.ts";
import type { Context, Lent } from "./context.ts";

/**
 * What the terminal UI may ask for: the commands of the same names, run inside this process. None outlives the UI.
 *
 * @param left aborted when the user has left
 */
export function tuiActions(context: Context, lent: Promise<Lent>, left: AbortSignal): Actions {
  async function* runCommand(...args: readonly string[]): AsyncGenerator<string, void> {
    yield* context.runCommand(["--dir", context.directoryName, ...args], await lent, left);
  }
  return {
    async *apply(digest) {
      await requireSame(digest, context);
      yield* runCommand("apply", "--yes");
    },
    ask: (words) => collect(runCommand(...words)),
    run: (words) => runCommand(...words),
    edit: (object) => collect(runCommand("edit", object, "--no-apply")),
    approve: async (vm, disks): Promise<ActionOutcome> => {
      const named = disks.length === 0 ? [] : ["--disks", disks.join(",")];
      const lines = await collect(runCommand("approve", `vm/${vm}`, "--destroy", ...named));
      return { ok: true, text: lines.join(" ") };
    },
  };
}

/** @throws Error where the folder is not the one that the user looked at */
async function requireSame(
  digest: string | null,
  { directory, resolveOptions, signal }: Context,
): Promise<void> {
  const loaded = await loadFolder(directory, resolveOptions, signal);
  if (digest === null || !loaded.ok || loaded.digest === digest) return;
  throw new Error("The files have changed since you looked: look at the plan again, then apply it.");
}

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}
