import type { Command } from "commander";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import { runVmVerb } from "./run-vm-verb.ts";

interface PlaceOptions extends VerbOptions {
  readonly to?: string;
}

/** `keel vm migrate|unmigrate|move`: all that sets `migrate` and `node`. */
export function register(vm: Command, context: ContextFactory): void {
  const migrate = vm
    .command("migrate")
    .description("Run VMs on another node for now; their home stays.")
    .argument("<vms...>", "names, or patterns such as web*")
    .option("--to <node>", "where; left out: their selector's choice, made now and written down")
    .action(
      runVmVerb(context, async (names, { to }: PlaceOptions, { clock }) => {
        const { migrateVms } = await import("../../verbs/vm-place.ts");
        return migrateVms(names, to ?? null, clock.now());
      }),
    );
  withExamples(withVerbOptions(migrate), [
    ["keel vm migrate web1 --to hv2", "`migrate: hv2` in its document"],
    ["keel vm unmigrate web1", "home again"],
  ]);
  const unmigrate = vm
    .command("unmigrate")
    .description("Bring VMs home that were migrated.")
    .argument("<vms...>", "names, or patterns such as web*")
    .action(
      runVmVerb(context, async (names) => {
        const { unmigrateVms } = await import("../../verbs/vm-place.ts");
        return unmigrateVms(names);
      }),
    );
  withExamples(withVerbOptions(unmigrate), [["keel vm unmigrate web* --wait", "ends once all are home"]]);
  const move = vm
    .command("move")
    .description("Give VMs another home, and bring them there.")
    .argument("<vms...>", "names, or patterns such as web*")
    .option("--to <node>", "where; left out: their selector's choice, made now and written down")
    .action(
      runVmVerb(context, async (names, { to }: PlaceOptions, { clock }) => {
        const { moveVms } = await import("../../verbs/vm-place.ts");
        return moveVms(names, to ?? null, clock.now());
      }),
    );
  withExamples(withVerbOptions(move), [
    ["keel vm move web1 --to hv2", "`node: hv2` in its document, and no `migrate:`"],
    ["keel vm move web1", "the plan says where, before it is done"],
  ]);
}
