import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import { kinds } from "../../reconciler/model/names.ts";
import { warnIfFrozen } from "../frozen.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { printData } from "../output/answer.ts";
import { layoutFor } from "../output/layout.ts";
import { type NamedObject, objectNamed } from "../output/object-names.ts";
import { print } from "../output/paint.ts";

/** `keel describe`: all that is known of one object. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("describe")
    .description("Show all that is known of one object: how it is, what is wanted, and what happened to it.")
    .argument("<object>", "vm/web1, node/hv1, network/lan, pool/vms, profile/base, cluster")
    .argument("[name]", "the name, where the first word is the kind alone")
    .action(async (object: string, name: string | undefined, _options: object, self: Command) => {
      await using run = context(self);
      await describe(object, name, run);
    });
  withExamples(command, [
    ["keel describe vm/web1", "its state, its fields, its events"],
    ["keel describe cluster", "the settings of the cluster"],
  ]);
}

async function describe(text: string, name: string | undefined, context: Context): Promise<void> {
  await describeOne(await objectOf(text, name, context), context);
}

/** @throws KeelError `not-found` */
export async function describeOne(subject: NamedObject, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [{ describeObject }, { viewOf }] = await Promise.all([
    import("../describe-object.ts"),
    import("../view.ts"),
  ]);
  const view = viewOf(await context.feed(), context);
  warnIfFrozen(view.state, context);
  const report = describeObject(view, subject);
  if (format !== "table") {
    await printData(context, format, report);
    return;
  }
  const { describeLines } = await import("../output/describe-text.ts");
  print(context, describeLines(report, view.now, layoutFor(context)));
}

/** There is one cluster, so it need not be named. */
async function objectOf(text: string, name: string | undefined, context: Context): Promise<NamedObject> {
  if (text.toLowerCase() === "cluster" && name === undefined) {
    const { state } = await context.feed();
    if (state.applied.head === null) {
      throw new KeelError("not-found", {
        what: "applied cluster",
        name: (await context.cluster()).name,
        kind: "nodes",
      });
    }
    return { kind: "Cluster", name: state.desired.cluster.name };
  }
  return objectNamed(text, name, kinds);
}
