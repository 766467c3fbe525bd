import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import { runNodeState } from "./run-node-state.ts";

/** `keel node cordon`: `state: cordoned` in the node's document. */
export function register(node: Command, context: ContextFactory): void {
  const command = node
    .command("cordon")
    .description("Let a node take nothing new; what is there stays.")
    .argument("<nodes...>", "names, or patterns such as hv*")
    .action(runNodeState(context, "cordoned"));
  withExamples(withVerbOptions(command), [
    ["keel node cordon hv1", "nothing arrives at hv1 from now on"],
    ["keel node ready hv1", "take it back"],
  ]);
}
