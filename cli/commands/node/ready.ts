import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import { runNodeState } from "./run-node-state.ts";

/** `keel node ready`: `state: ready` in the node's document; of one that was fenced, the word that it may. */
export function register(node: Command, context: ContextFactory): void {
  const command = node
    .command("ready")
    .description("Let a node take VMs again; those that had to leave it come home.")
    .argument("<nodes...>", "names, or patterns such as hv*")
    .action(runNodeState(context, "ready"));
  withExamples(withVerbOptions(command), [
    ["keel node ready hv1", "after a flush, or to break one off"],
    ["keel node ready hv1 -y --wait", "ends with 0 once everybody is home"],
  ]);
}
