import type { Command } from "commander";
import type { Vm } from "../../../reconciler/model/desired.ts";
import type { ContextFactory } from "../../context.ts";
import { type Example, withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import { runVmVerb } from "./run-vm-verb.ts";

interface StateCommand {
  readonly name: string;
  readonly state: Vm["state"];
  readonly description: string;
  readonly examples: readonly Example[];
}

const commands: readonly StateCommand[] = [
  {
    name: "start",
    state: "running",
    description: "Want VMs running. One that is held is released, one that was given up is tried again.",
    examples: [
      ["keel vm start web1", "show what it means, ask, do it, follow it"],
      ["keel vm start web* -y --wait", "for a script: ends with 0 once they run"],
    ],
  },
  {
    name: "shutdown",
    state: "stopped",
    description: "Shut VMs down: gracefully, and cut after the time that their documents give.",
    examples: [
      ["keel vm shutdown web1", "`keel vm start web1` breaks it off, while the guest takes its time"],
      ["keel vm poweroff web1", "does not wait for the guest any longer"],
    ],
  },
  {
    name: "poweroff",
    state: "poweroff",
    description: "Cut the power of VMs, now.",
    examples: [["keel vm poweroff web1", "what the guest has not written is lost"]],
  },
  {
    name: "disable",
    state: "disabled",
    description: "Shut VMs down, and let nothing start them.",
    examples: [["keel vm disable web1", "`keel vm start web1` enables it again"]],
  },
  {
    name: "destroy",
    state: "absent",
    description: "Ask for the destruction of VMs. Nothing is destroyed before `keel approve` names it.",
    examples: [
      ["keel vm destroy old-wiki", "`state: absent` in its document; it is shut down and gone once approved"],
      ["keel approve vm/old-wiki --destroy", "the approval; its disks stay"],
    ],
  },
];

/** `keel vm start|shutdown|poweroff|disable|destroy`: all that sets `state`. */
export function register(vm: Command, context: ContextFactory): void {
  for (const { name, state, description, examples } of commands) {
    const command = vm
      .command(name)
      .description(description)
      .argument("<vms...>", "names, or patterns such as web*")
      .action(
        runVmVerb(context, async (names) => {
          const { setVmState } = await import("../../verbs/vm-state.ts");
          return setVmState(names, state);
        }),
      );
    withExamples(withVerbOptions(command), examples);
  }
}
