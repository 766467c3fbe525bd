import type { Command } from "commander";
import { duration } from "../option-values.ts";

/** What every verb that edits the files takes. */
export function withVerbOptions(command: Command): Command {
  return withFollowOptions(
    command
      .option("-y, --yes", "do not ask")
      .option("--no-apply", "only edit the files, and leave the rest to `keel apply`; needs no store"),
  );
}

/** What every verb takes whose doing can be followed. */
export function withFollowOptions(command: Command): Command {
  return command
    .option("--wait", "follow it until it is so, and exit with 7 where that cannot be")
    .option("--no-wait", "do not follow what is done")
    .option("--timeout <duration>", "follow it for at most so long; it goes on afterwards", duration);
}
