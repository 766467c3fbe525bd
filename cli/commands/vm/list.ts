import { type Command, Option } from "commander";
import type { VmFilter } from "../../../reconciler/api/ports.ts";
import { vmStates } from "../../../reconciler/model/states.ts";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";

interface ListOptions extends VmFilter {
  readonly headers: boolean;
}

/** `keel vm list`: the rows of `keel get vms` that fit. */
export function register(vm: Command, context: ContextFactory): void {
  const command = vm
    .command("list")
    .description("List VMs: all, or those that fit everything that is said.")
    .option("--node <node>", "those on this node")
    .option("--home <node>", "those that belong on this node")
    .addOption(new Option("--state <state>", "those in this state").choices(vmStates))
    .option("--tag <tag>", "those with this tag")
    .option("--limit <node>", "those that may run on this node")
    .option("--negate", "the others: those that do not fit")
    .option("--no-headers", "without the line of titles")
    .action(async (options: ListOptions, self: Command) => {
      await using run = context(self);
      const [{ list }, { vms }, { fitsVm }] = await Promise.all([
        import("../get.ts"),
        import("../../listings/vms.ts"),
        import("../../listings/fitting-vms.ts"),
      ]);
      const { headers, ...filter } = options;
      const isAll = Object.keys(filter).length === 0;
      await list(run, vms, isAll ? null : (row) => fitsVm(row, filter), headers);
    });
  withExamples(command, [
    ["keel vm list --node hv1", "what runs or is assigned there"],
    ["keel vm list --tag shop --state running --negate", "all that is no running shop"],
    ["keel vm list --state held -o name", "names that other commands take: vm/web1"],
  ]);
}
