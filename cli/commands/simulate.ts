import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import type { NewVms } from "../../reconciler/model/what-if-report.ts";
import type { Outcome } from "../../simulator/scenario/outcome.ts";
import type { Scenario } from "../../simulator/scenario/scenario.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { newVms, nodeNames } from "../option-values.ts";
import { print } from "../output/paint.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

interface SimulateOptions {
  readonly lose?: readonly NodeName[];
  readonly flush?: readonly NodeName[];
  readonly addVms?: readonly NewVms[];
  readonly edits?: true;
  readonly detail?: true;
}

/**
 * `keel simulate FILE`: what would happen, played in virtual time by the planner, loop and agents themselves. Without
 * a file: what the planner would make of the live cluster if something came true. Neither writes anything.
 */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("simulate")
    .description(
      "Say what would happen: to the live cluster, or in a scenario that is played in virtual time.",
    )
    .argument("[file]", "a scenario: a cluster, what befalls it, and what should come out")
    .option("--lose <nodes>", "suppose that these nodes died just now: hv2,hv3", nodeNames)
    .option("--flush <nodes>", "suppose that these nodes were flushed", nodeNames)
    .option("--add-vms <vms>", "suppose that there were so many VMs more: 20x4GiB", newVms)
    .option("--edits", "and that the edits in the folder were applied before")
    .option("--detail", "show every move, however many")
    .action(async (file: string | undefined, options: SimulateOptions, self: Command) => {
      await using run = context(self);
      await simulateEither(file, options, run);
    });
  withExamples(command, [
    ["keel simulate --lose hv2,hv3", "which VMs start where, which do not fit, what is left to lose"],
    [
      "keel simulate --flush hv1 --add-vms 20x4GiB",
      "all of it at once; exits with 1 where a VM is left over",
    ],
    ["keel simulate flush.yaml", "what happened, where everything is at the end, and what was not met"],
    ["keel simulate flush.yaml -o json", "the same for programs; times are seconds"],
  ]);
}

async function simulateEither(
  file: string | undefined,
  options: SimulateOptions,
  context: Context,
): Promise<void> {
  const { lose = [], flush = [], addVms = [], edits = false, detail = false } = options;
  const asks = lose.length + flush.length + addVms.length > 0;
  if (file !== undefined && (asks || edits)) {
    const problem =
      "A scenario says itself what befalls it; leave out the file to ask about the live cluster.";
    throw new KeelError("usage", { problem, command: "keel simulate" });
  }
  if (file !== undefined) return simulateFile(file, context);
  if (!asks) {
    const problem =
      "What is to be simulated? Name a scenario, or suppose something: --lose, --flush, --add-vms.";
    throw new KeelError("usage", { problem, command: "keel simulate" });
  }
  const { suppose } = await import("../suppose.ts");
  await suppose(context, { lose, flush, addVms }, { detail, edits });
}

async function simulateFile(file: string, context: Context): Promise<void> {
  const format = context.format(["table", "json"]);
  const { simulate } = await import("../../simulator/scenario/simulate.ts");
  const { ScenarioError } = await import("../../simulator/scenario/scenario-error.ts");
  let outcome: Outcome;
  try {
    outcome = await simulate(await readFrom(file, context));
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error;
    throw new KeelError("scenario-invalid", { problems: error.message }, { cause: error });
  }
  if (format === "json") context.out(JSON.stringify(outcome, null, 2));
  else {
    const { outcomeLines } = await import("../output/simulation-text.ts");
    print(context, outcomeLines(outcome));
  }
  if (!outcome.ok) context.exitWith(1);
}

/** @throws ScenarioError, KeelError `failed` */
async function readFrom(file: string, { world, resolveOptions, signal }: Context): Promise<Scenario> {
  const [{ readScenario }, { loadFolder }, { installedSchema }] = await Promise.all([
    import("../../simulator/scenario/read-scenario.ts"),
    import("../../reconciler/desired/load-folder.ts"),
    import("../../reconciler/domain-xml/schema/installed-schema.ts"),
  ]);
  const path = resolve(world.cwd, file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const why = messageOf(cause);
    const advice = "Name a file that is there.";
    throw new KeelError("failed", { what: `reading ${file}`, why, advice }, { cause });
  });
  const options = { ...resolveOptions, simulated: true, domainSchema: installedSchema };
  return readScenario(text, file, (folder) => loadFolder(resolve(dirname(path), folder), options, signal));
}
