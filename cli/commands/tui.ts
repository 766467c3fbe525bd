import type { Command } from "commander";
import type { ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { type ScreenReaderChoice, screenReaderOption } from "../screen-reader.ts";

interface TuiCommandOptions extends ScreenReaderChoice {
  readonly rw?: true;
}

/** `keel tui`: the terminal UI of a cluster that runs elsewhere. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("tui")
    .description("Watch the cluster in the terminal, and apply what waits. ? shows the keys.")
    .option("--rw", "begin with changes allowed; `:rw` allows them later")
    .addOption(screenReaderOption())
    .action(async ({ rw, ...spoken }: TuiCommandOptions, self: Command) => {
      await using run = context(self);
      const { watchCluster } = await import("../terminal-view.ts");
      await watchCluster(run, { readOnly: rw !== true, ...spoken });
    });
  withExamples(command, [["keel tui --rw", "with changes allowed from the beginning"]]);
}
