import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import * as rehearse from "./rehearse.ts";
import * as test from "./test.ts";

/** `keel fence …`: whether a node could be proven off, before that is needed. */
export function register(program: Command, context: ContextFactory): void {
  const fence = program
    .command("fence")
    .description("Try out power devices, and rehearse the loss of a node.")
    .helpCommand(false);
  for (const command of [test, rehearse]) command.register(fence, context);
}
