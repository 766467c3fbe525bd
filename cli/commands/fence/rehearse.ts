import type { Command } from "commander";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import type { FenceCheck } from "../../fence-check.ts";
import type { Fates } from "../../../reconciler/control/report/rehearsal.ts";
import { name } from "../../option-values.ts";
import { printData } from "../../output/answer.ts";

/** `keel fence rehearse -o json`. */
export interface Rehearsal extends Fates {
  /** What its devices say now; null: it has none. */
  readonly power: FenceCheck | null;
}

/** `keel fence rehearse`: what would happen if a node were lost now. */
export function register(fence: Command, context: ContextFactory): void {
  const rehearse = fence
    .command("rehearse")
    .description(
      "Say what would happen if a node were lost now: is there proof, and what of its VMs? Switches nothing.",
    )
    .argument("<node>", "the node that is supposed to be lost", name)
    .action(async (node: string, _options: object, command: Command) => {
      await using run = context(command);
      await rehearseLoss(node, run);
    });
  withExamples(rehearse, [
    ["keel fence rehearse hv1", "would hv1 be proven off, and which guests would that cost?"],
    ["keel fence rehearse hv1 -o json", "the same for programs"],
  ]);
}

async function rehearseLoss(node: string, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const [{ checkFence, factsOf }, { fatesOf }, { presentInput }] = await Promise.all([
    import("../../fence-check.ts"),
    import("../../../reconciler/control/report/rehearsal.ts"),
    import("../../../reconciler/control/plan-input.ts"),
  ]);
  const { state } = await context.feed();
  const power = await checkFence(factsOf(node, state), state, context);
  const rehearsal = { power, ...fatesOf(presentInput(state, context.clock.now()), node) };
  if (format === "table") await tell(node, rehearsal, context);
  else await printData(context, format, rehearsal);
}

async function tell(node: string, rehearsal: Rehearsal, context: Context): Promise<void> {
  const { power, restarted, left } = rehearsal;
  const { checkLines } = await import("../../fence-check.ts");
  if (power === null) context.out(`node/${node} has no power devices.`);
  else for (const line of checkLines(power)) context.out(line);
  context.out("");
  for (const line of whatFollows(node, rehearsal)) context.out(line);
  for (const { vm, to, why } of restarted) context.out(`  ${vm} starts on ${to}: ${why}`);
  for (const { vm, why } of left) context.out(`  ${vm} starts nowhere: ${why}`);
  if (restarted.length + left.length === 0) context.out("  nothing: no VM runs there");
}

function whatFollows(node: string, { power, leftAlone }: Rehearsal): readonly string[] {
  const proof = power === null ? "it has no `bmc`" : power.problem;
  if (leftAlone === null && proof === null) {
    return [`If ${node} were lost now, it would be proven off, and then:`];
  }
  const until = proof === null ? "that is over" : `\`keel node confirm-dead ${node}\``;
  return [
    ...(leftAlone === null ? [] : [`If ${node} were lost now, it would not be fenced: ${leftAlone}.`]),
    ...(proof === null ? [] : [`If ${node} were lost now, there would be no proof: ${proof}.`]),
    `Its VMs would stay where they are until ${until}. Were it proven dead now:`,
  ];
}
