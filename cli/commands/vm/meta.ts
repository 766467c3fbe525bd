import { type Command, Option } from "commander";
import { selectors } from "../../../reconciler/model/desired.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { withVerbOptions } from "../../verbs/options.ts";
import type { VerbOptions } from "../../verbs/verb.ts";
import type { Meta } from "../../../reconciler/api/ports.ts";
import { runVmVerb } from "./run-vm-verb.ts";

export interface MetaOptions {
  readonly limits?: string;
  readonly selector?: string;
  readonly autorestart?: boolean;
  readonly method?: string;
  readonly maxDowntime?: string;
  readonly priority?: string;
  readonly tags?: string;
}

/** `keel vm meta`: fields about a VM rather than of its hardware. */
export function register(vm: Command, context: ContextFactory): void {
  const command = vm
    .command("meta")
    .description("Say where VMs may run, how they are placed and moved, and what they are tagged with.")
    .argument("<vms...>", "names, or patterns such as web*")
    .action(
      runVmVerb(context, async (names, options: MetaOptions & VerbOptions) => {
        const { setMeta } = await import("../../verbs/vm-meta.ts");
        const meta = metaOf(options);
        if (Object.keys(meta).length > 0) return setMeta(names, meta);
        throw new KeelError("usage", {
          problem: "Say what is to be changed: --limits, --selector, --tags and others.",
        });
      }),
    );
  withExamples(withVerbOptions(withMetaOptions(command)), [
    ["keel vm meta db1 --limits hv1,hv2", "the plan says if it has to move for that"],
    ["keel vm meta web* --no-autorestart --tags shop,web", "several at once"],
    ["keel vm meta db1 --limits any", "it may run anywhere again"],
  ]);
}

export function withMetaOptions(command: Command): Command {
  return command
    .option("--limits <nodes>", "the only nodes where they may run, with commas between; any: all")
    .addOption(
      new Option("--selector <selector>", "how a node is chosen; default: the cluster's").choices([
        ...selectors,
        "default",
      ]),
    )
    .option("--autorestart", "start again by itself after a flush or fence that found no other node")
    .option("--no-autorestart", "stay held then, until released")
    .addOption(new Option("--method <method>", "how they move").choices(["auto", "live", "shutdown"]))
    .option("--max-downtime <duration>", "the longest pause of a live migration, such as 300ms")
    .addOption(new Option("--priority <priority>", "who goes first").choices(["high", "normal", "low"]))
    .option("--tags <tags>", "with commas between; none: no tags");
}

export function metaOf(options: MetaOptions): Meta {
  const { limits, selector, autorestart, method, maxDowntime, priority, tags } = options;
  return {
    ...(limits === undefined ? {} : { limits: limits === "any" ? null : list(limits) }),
    ...(selector === undefined ? {} : { selector: selector === "default" ? null : selector }),
    ...(autorestart === undefined ? {} : { autorestart }),
    ...(method === undefined ? {} : { method }),
    ...(maxDowntime === undefined ? {} : { maxDowntime }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags: tags === "none" ? [] : list(tags) }),
  };
}

function list(text: string): readonly string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
