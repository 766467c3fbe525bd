import type { Command } from "commander";
import type { Node } from "../../../reconciler/model/desired.ts";
import type { ContextFactory } from "../../context.ts";
import type { VerbOptions } from "../../verbs/verb.ts";

/** The action of a command that sets the state of nodes. */
export function runNodeState(context: ContextFactory, state: Node["state"]) {
  return async (names: readonly string[], options: VerbOptions, self: Command): Promise<void> => {
    await using run = context(self);
    const [{ runVerb }, { setNodeState }] = await Promise.all([
      import("../../verbs/run-verb.ts"),
      import("../../verbs/node-state.ts"),
    ]);
    await runVerb(run, setNodeState(names, state), options);
  };
}
