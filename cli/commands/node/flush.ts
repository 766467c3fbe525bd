import type { Command } from "commander";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import { runNodeState } from "./run-node-state.ts";

interface FlushOptions extends VerbOptions {
  readonly dryRun?: true;
}

/** `keel node flush`: every VM leaves; `state: flushed` in the node's document. */
export function register(node: Command, context: ContextFactory): void {
  const flush = runNodeState(context, "flushed");
  const command = node
    .command("flush")
    .description("Let every VM leave a node: live where it can, those that no other node can take are held.")
    .argument("<nodes...>", "names, or patterns such as hv*")
    .option(
      "--dry-run",
      "only say what would move where and how, what has no place, and what could still be lost",
    )
    .action(async (nodes: readonly string[], options: FlushOptions, self: Command) => {
      if (options.dryRun === true) await preflight(nodes, context(self));
      else await flush(nodes, options, self);
    });
  withExamples(withVerbOptions(command), [
    ["keel node flush hv1", "show what would move where, ask, do it, follow it"],
    ["keel node flush hv1 -y --wait", "for a script: ends with 0 once hv1 is seen to be empty"],
    ["keel node flush hv1 --dry-run", "where would each VM go, and what is in its way?"],
    ["keel node ready hv1", "take it back at any moment: who has left comes home"],
  ]);
}

/** The same that `keel simulate --flush` answers. */
async function preflight(nodes: readonly string[], context: Context): Promise<void> {
  await using run = context;
  const { suppose } = await import("../../suppose.ts");
  await suppose(run, { lose: [], flush: nodes, addVms: [] }, { detail: true, edits: false });
}
