import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { registerDetails } from "../look.ts";
import * as define from "./define.ts";
import * as documents from "./documents.ts";
import * as list from "./list.ts";
import * as meta from "./meta.ts";
import * as place from "./place.ts";
import * as requests from "./requests.ts";
import * as state from "./state.ts";

/** `keel vm …`: what is done with VMs. Edits of their documents, but for requests and what only looks. */
export function register(program: Command, context: ContextFactory): void {
  const vm = program
    .command("vm")
    .description("Define, start, stop, move and change VMs; restart, release and retry them.")
    .helpCommand(false);
  for (const group of [list, state, place, requests, meta, define, documents]) group.register(vm, context);
  registerDetails(vm, context, "VM", "Show all that is known of a VM.");
}
