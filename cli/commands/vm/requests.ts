import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { type Example, withExamples } from "../../examples.ts";
import { withFollowOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import type { VmRequest } from "../../verbs/vm-requests.ts";

const commands: readonly {
  readonly name: VmRequest;
  readonly description: string;
  readonly examples: readonly Example[];
}[] = [
  {
    name: "restart",
    description: "Restart guests, where they are; what waits for a restart takes effect.",
    examples: [["keel vm restart web1 --wait", "ends with 0 once another run of it is there"]],
  },
  {
    name: "release",
    description: "Start VMs that are held since their node could not keep them.",
    examples: [["keel vm release db1", "it starts on its home, or wherever it may, once it can"]],
  },
  {
    name: "retry",
    description: "Try again what failed so often that it was given up: starts, crashes, migrations.",
    examples: [["keel vm retry web1", "`keel why vm/web1` says what failed"]],
  },
];

/** `keel vm restart|release|retry`: asked for once, and in no file. */
export function register(vm: Command, context: ContextFactory): void {
  for (const { name, description, examples } of commands) {
    const command = vm
      .command(name)
      .description(description)
      .argument("<vms...>", "names, or patterns such as web*")
      .action(
        async (names: readonly string[], options: Pick<VerbOptions, "wait" | "timeout">, self: Command) => {
          await using run = context(self);
          const { requestForVms } = await import("../../verbs/vm-requests.ts");
          await requestForVms(run, name, names, options);
        },
      );
    withExamples(withFollowOptions(command), examples);
  }
}
