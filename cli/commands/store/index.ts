import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import * as acceptRestore from "./accept-restore.ts";
import * as backup from "./backup.ts";
import * as restore from "./restore.ts";
import * as roles from "./roles.ts";
import * as serve from "./serve.ts";
import * as status from "./status.ts";
import * as verify from "./verify.ts";

/** `keel store …`: what concerns the store as a whole. */
export function register(program: Command, context: ContextFactory): void {
  const store = program
    .command("store")
    .description("Serve, look after, back up and restore the store.")
    .helpCommand(false);
  for (const command of [status, serve, backup, restore, acceptRestore, verify, roles])
    command.register(store, context);
}
