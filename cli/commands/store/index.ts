import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import * as serve from "./serve.ts";

/** `keel store …`: what concerns the store as a whole. */
export function register(program: Command, context: ContextFactory): void {
  const store = program
    .command("store")
    .description("Serve, look after, back up and restore the store.")
    .helpCommand(false);
  for (const command of [serve]) command.register(store, context);
}
