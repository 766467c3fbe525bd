import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import { runNodeState } from "./run-node-state.ts";

/** `keel node flush`: every VM leaves; `state: flushed` in the node's document. */
export function register(node: Command, context: ContextFactory): void {
  const command = node
    .command("flush")
    .description("Let every VM leave a node: live where it can, those that may run nowhere else are held.")
    .argument("<nodes...>", "names, or patterns such as hv*")
    .action(runNodeState(context, "flushed"));
  withExamples(withVerbOptions(command), [
    ["keel node flush hv1", "show what would move where, ask, do it, follow it"],
    ["keel node flush hv1 -y --wait", "for a script: ends with 0 once hv1 is seen to be empty"],
    ["keel node ready hv1", "take it back at any moment: who has left comes home"],
  ]);
}
