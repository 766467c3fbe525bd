import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import * as confirmDead from "./confirm-dead.ts";
import { registerDetails, registerList } from "../look.ts";
import * as cordon from "./cordon.ts";
import * as flush from "./flush.ts";
import * as ready from "./ready.ts";
import * as replace from "./replace.ts";

/** `keel node …`: what is done with nodes. Edits of their documents, but for what only looks. */
export function register(program: Command, context: ContextFactory): void {
  const node = program
    .command("node")
    .description("Flush a node, take it in again, or let it take nothing new.")
    .helpCommand(false);
  for (const command of [flush, ready, cordon, confirmDead, replace]) command.register(node, context);
  registerList(node, context, "nodes", async () => (await import("../../listings/nodes.ts")).nodes);
  registerDetails(node, context, "Node", "Show all that is known of a node.");
}
