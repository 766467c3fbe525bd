import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Outcome } from "../../simulator/scenario/outcome.ts";
import type { Scenario } from "../../simulator/scenario/scenario.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { print } from "../output/paint.ts";

/** `keel simulate FILE`: what would happen, played in virtual time by the planner, loop and agents themselves. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("simulate")
    .description("Play a scenario in virtual time: what would happen, and is it what was expected?")
    .argument("<file>", "the scenario: a cluster, what befalls it, and what should come out")
    .action(async (file: string, _options: unknown, self: Command) => {
      await using run = context(self);
      await simulateFile(file, run);
    });
  withExamples(command, [
    ["keel simulate flush.yaml", "what happened, where everything is at the end, and what was not met"],
    ["keel simulate flush.yaml -o json", "the same for programs; times are seconds"],
  ]);
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
  const [{ readScenario }, { loadFolder }] = await Promise.all([
    import("../../simulator/scenario/read-scenario.ts"),
    import("../../reconciler/desired/load-folder.ts"),
  ]);
  const path = resolve(world.cwd, file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    const advice = "Name a file that is there.";
    throw new KeelError("failed", { what: `reading ${file}`, why, advice }, { cause });
  });
  const options = { ...resolveOptions, simulated: true };
  return readScenario(text, file, (folder) => loadFolder(resolve(dirname(path), folder), options, signal));
}
