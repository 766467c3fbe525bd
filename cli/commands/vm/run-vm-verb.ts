import type { Command } from "commander";
import type { Context, ContextFactory } from "../../context.ts";
import type { RunVerbOptions } from "../../verbs/run-verb.ts";
import type { Verb } from "../../verbs/verb.ts";

/** The action of a command that edits the documents of the VMs named. */
export function runVmVerb<Options extends RunVerbOptions>(
  context: ContextFactory,
  verb: (names: readonly string[], options: Options, run: Context) => Verb | Promise<Verb>,
) {
  return async (names: readonly string[], options: Options, self: Command): Promise<void> => {
    await using run = context(self);
    const { runVerb } = await import("../../verbs/run-verb.ts");
    await runVerb(run, await verb(names, options, run), options);
  };
}
