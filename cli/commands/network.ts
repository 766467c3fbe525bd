import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { registerDetails, registerList } from "./look.ts";

/** `keel network list|info`. */
export function register(program: Command, context: ContextFactory): void {
  const network = program.command("network").description("List networks, and show one.").helpCommand(false);
  registerList(network, context, "networks", async () => (await import("../listings/networks.ts")).networks);
  registerDetails(network, context, "Network", "Show all that is known of a network.");
}
