import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import type { UpOptions } from "../processes/up.ts";
import { screenReaderOption } from "../screen-reader.ts";

/** `keel up`: everything on one machine. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("up")
    .summary("Run everything on this machine, with simulated nodes.")
    .description(
      "Run everything on this machine until ended: the store, the reconciler, the API on .keel/api.sock, and every node of " +
        "the folder, simulated. " +
        "On an empty store the folder is applied; later edits wait for `keel apply`.",
    )
    .option("--headless", "say what happens in plain lines; so it is without a terminal, too")
    .addOption(screenReaderOption())
    .action(async (_options: UpOptions, self: Command) => {
      await using run = context(self);
      const { up } = await import("../processes/up.ts");
      await up(self.optsWithGlobals<UpOptions>(), run);
    });
  withExamples(command, [
    ["keel up", "watch the cluster in the terminal UI; q ends all of it"],
    ["keel up --headless --dir lab/cluster.d", "the state is kept in lab/.keel"],
  ]);
}
