import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";

interface TuiCommandOptions {
  readonly rw?: true;
  readonly screenReader?: true;
}

/** `keel tui`: the terminal UI of a cluster that runs elsewhere. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("tui")
    .description("Watch the cluster in the terminal, and apply what waits. ? shows the keys.")
    .option("--rw", "begin with changes allowed; `:rw` allows them later")
    .option("--screen-reader", "say in plain lines what changes, instead of drawing a screen")
    .action(async ({ rw, screenReader }: TuiCommandOptions, self: Command) => {
      await using run = context(self);
      const { watchCluster } = await import("../terminal-view.ts");
      await watchCluster(run, { readOnly: rw !== true, ...(screenReader === true ? { screenReader } : {}) });
    });
  withExamples(command, [["keel tui --rw", "with changes allowed from the beginning"]]);
}
