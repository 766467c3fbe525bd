import type { Command } from "commander";
import type { RestoreReview, Word } from "../../../reconciler/control/review-restore.ts";
import { formatTime } from "../../../reconciler/desired/times.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { name } from "../../option-values.ts";
import { vouchFor } from "../../vouch-for.ts";

interface AcceptOptions {
  readonly dead: readonly string[];
  readonly unknown: readonly string[];
  readonly yes: boolean;
}

/** `keel store accept-restore`: lets a store that was set back be believed again, as reality has it. */
export function register(store: Command, context: ContextFactory): void {
  const accept = store
    .command("accept-restore")
    .description(
      "Show why the store is frozen and what differs from reality; then, if you say so, go on from reality.",
    )
    .option("--dead <node>", "this node is off, for certain; its name is asked for again", names, [])
    .option("--unknown <vm>", "this VM, which the store does not know, is none of its own renamed", names, [])
    .option("-y, --yes", "do not ask, but for the names of dead nodes", false)
    .action(async (options: AcceptOptions, command: Command) => {
      await using run = context(command);
      await acceptOrRefuse(options, run);
    });
  withExamples(accept, [
    ["keel store accept-restore", "look, then answer"],
    ["keel store accept-restore --dead hv3", "where hv3 lies in parts on the bench"],
  ]);
}

function names(text: string, before: readonly string[]): readonly string[] {
  return [...before, name(text)];
}

async function acceptOrRefuse(options: AcceptOptions, context: Context): Promise<void> {
  const [{ reviewRestore }, { acceptRestore }] = await Promise.all([
    import("../../../reconciler/control/review-restore.ts"),
    import("../../../reconciler/control/accept-restore.ts"),
  ]);
  const { state } = await context.feed();
  const word: Word = { dead: new Set(options.dead), unknown: new Set(options.unknown) };
  const review = reviewRestore(state, word);
  if (review === null) {
    context.out("The store is not frozen: there is nothing to accept.");
    return;
  }
  show(review, context);
  const [problem] = review.problems;
  if (problem !== undefined) {
    throw new KeelError("refused", {
      what: "Accepting the restored store",
      why: problem,
      advice: "Guests go on as they are. Clear up what is named above, then run this again.",
    });
  }
  for (const node of word.dead) await vouchFor(node, context);
  if (!options.yes) await context.confirm("Go on from what is seen? Only `yes` is yes: ");
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  await acceptRestore(store, keys, review, { by: context.user, now: context.clock.now() });
  context.out("Accepted. Reconcilers and agents go on within seconds.");
}

function show({ freeze, nodes, differences, problems }: RestoreReview, context: Context): void {
  context.out(`Frozen by ${freeze.by} at ${formatTime(freeze.at)}: ${freeze.why}.`);
  for (const { name: node, text } of nodes) context.out(`  node ${node} ${text}`);
  if (differences.length === 0) context.out("What runs is where the restored store has it.");
  else context.out("What differs; reality wins:");
  for (const difference of differences) context.out(`  ${difference}`);
  if (problems.length > 0) context.out("In the way:");
  for (const problem of problems) context.out(`  ${problem}`);
}
