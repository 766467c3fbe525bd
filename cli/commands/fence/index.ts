import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import * as rehearse from "./rehearse.ts";
import * as test from "./test.ts";

/** `keel fence …`: whether a node could be proven off, before that is needed. */
export function register(program: Command, context: ContextFactory): void {
  const fence = program
    .command("fence")
    .description("Try out power devices, and rehearse the loss of a node.")
    .helpCommand(false);
  for (const command of [test, rehearse]) command.register(fence, context);
  withExamples(fence, [
    ["keel fence test hv1", "can its power be read, and is it hv1 that is switched?"],
    ["keel fence rehearse hv1", "what would the loss of hv1 come to?"],
  ]);
}
