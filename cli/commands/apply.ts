import { resolve } from "node:path";
import type { Command } from "commander";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { duration } from "../option-values.ts";
import type { FolderProposal } from "../propose-folder.ts";
import type { SavedPlan } from "../saved-plan.ts";
import { allowDestroyOption, allowOrphanOption } from "./plan.ts";

export interface ApplyOptions {
  readonly yes?: true;
  readonly undo?: true;
  readonly wait: boolean;
  readonly timeout?: number;
  readonly allowDestroy?: number;
  readonly allowOrphan?: number;
}

/** `keel apply`: what `keel plan` shows, put into force and followed until it is done. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("apply")
    .description("Put the folder, or a saved plan, into force; and follow what is done until it is done.")
    .argument("[file]", "what `keel plan --out` saved; without it, the folder as it is now")
    .option("-y, --yes", "do not ask. Approves nothing: what destroys needs `keel approve`")
    .option("--undo", "with -y: undo what was applied since, where the folder is not based on it")
    .option("--no-wait", "do not follow what is done")
    .option(
      "--timeout <duration>",
      "follow it for at most so long, such as 10m; it goes on afterwards",
      duration,
    )
    .addOption(allowDestroyOption())
    .addOption(allowOrphanOption())
    .action(async (file: string | undefined, options: ApplyOptions, self: Command) => {
      await using run = context(self);
      await apply(file, options, run);
    });
  withExamples(command, [
    ["keel apply", "show the plan, ask, do it, and follow it"],
    ["keel apply -y --no-wait", "for a script that has looked at the plan already"],
    ["keel apply edits.plan", "exactly what `keel plan --out edits.plan` showed"],
  ]);
}

/** @throws KeelError what a plan and following it throw */
export async function apply(
  file: string | undefined,
  options: ApplyOptions,
  context: Context,
): Promise<void> {
  context.format(["table"]);
  const { proposed, saved } = await subject(file, options, context);
  const { putIntoForce } = await import("../put-into-force.ts");
  await putIntoForce(context, proposed, {
    yes: options.yes === true,
    undo: options.undo === true,
    saved,
    follow: options.wait,
    timeoutMs: options.timeout ?? null,
    goals: [],
    insists: false,
    note: null,
    keepsBase: saved === null,
  });
}

/** What is to be applied: the folder, or what was saved of it. */
async function subject(
  file: string | undefined,
  options: ApplyOptions,
  context: Context,
): Promise<{ readonly proposed: FolderProposal; readonly saved: SavedPlan | null }> {
  if (file === undefined) {
    const { allowDestroy = null, allowOrphan = null } = options;
    const { proposeFolder } = await import("../propose-folder.ts");
    return {
      proposed: await proposeFolder(context, { allowDestroy, allowOrphan, isTold: true }),
      saved: null,
    };
  }
  const { proposeSaved } = await import("../propose-saved.ts");
  const proposed = await proposeSaved(context, resolve(context.world.cwd, file), file);
  return { proposed, saved: proposed.saved };
}
