import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { registerDetails, registerList } from "./look.ts";

/** `keel profile list|info`. */
export function register(program: Command, context: ContextFactory): void {
  const profile = program.command("profile").description("List profiles, and show one.").helpCommand(false);
  registerList(profile, context, "profiles", async () => (await import("../listings/profiles.ts")).profiles);
  registerDetails(profile, context, "Profile", "Show all that is known of a profile.");
}
