import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { name as legalName } from "../../option-values.ts";
import type { RunVerbOptions } from "../../verbs/run-verb.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import { allowOrphanOption } from "../plan.ts";
import { runVmVerb } from "./run-vm-verb.ts";

const documents = () => import("../../verbs/vm-document.ts");

/** `keel vm rename|protect|unprotect|forget`: what becomes of whole documents. */
export function register(vm: Command, context: ContextFactory): void {
  registerRename(vm, context);
  registerProtect(vm, context);
  const forget = vm
    .command("forget")
    .description("Remove the documents of VMs. They go on as they are, and are listed as orphans.")
    .argument("<vms...>", "names, or patterns such as web*")
    .addOption(allowOrphanOption())
    .action(runVmVerb<RunVerbOptions>(context, async (names) => (await documents()).forgetVms(names)));
  withExamples(withVerbOptions(forget), [
    ["keel vm forget scratch", "nothing is stopped or destroyed"],
    ["keel vm destroy scratch", "the other verb: shut it down and destroy it, once approved"],
  ]);
}

function registerRename(vm: Command, context: ContextFactory): void {
  const rename = vm
    .command("rename")
    .description("Give a VM another name. UUID, MACs, disks and place stay, and it runs on.")
    .argument("<old>", "its name")
    .argument("<new>", "its new one", legalName)
    .action(async (from: string, to: string, options: VerbOptions, self: Command) => {
      await using run = context(self);
      const { runVerb } = await import("../../verbs/run-verb.ts");
      await runVerb(run, (await documents()).renameVm(from, to), options);
    });
  withExamples(withVerbOptions(rename), [
    ["keel vm rename web1 shop1", "`renamedFrom: web1` tells the rest"],
  ]);
}

function registerProtect(vm: Command, context: ContextFactory): void {
  for (const [name, protect, description] of [
    ["protect", true, "Refuse the destruction of VMs, whoever asks for it."],
    ["unprotect", false, "Let VMs be destroyed again; that is asked for in another apply."],
  ] as const) {
    const command = vm
      .command(name)
      .description(description)
      .argument("<vms...>", "names, or patterns such as web*")
      .action(
        runVmVerb<VerbOptions>(context, async (names) => (await documents()).protectVms(names, protect)),
      );
    withExamples(withVerbOptions(command), [[`keel vm ${name} db*`, "all of them"]]);
  }
}
