import type { Command } from "commander";
import type { ClusterState } from "../../../reconciler/control/cluster-state.ts";
import { describeReason } from "../../../reconciler/model/reasons.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import type { FenceCheck } from "../../fence-check.ts";
import { name } from "../../option-values.ts";
import { printData } from "../../output/answer.ts";

/** `keel fence rehearse -o json`. */
export interface Rehearsal {
  /** What its devices say now; null: it has none. */
  readonly power: FenceCheck | null;
  /** VMs that would start elsewhere, in their order. */
  readonly restarted: readonly { readonly vm: string; readonly to: string; readonly why: string }[];
  /** VMs that would run nowhere. */
  readonly left: readonly { readonly vm: string; readonly why: string }[];
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
  const [{ checkFence }, { notFound }] = await Promise.all([
    import("../../fence-check.ts"),
    import("../../output/object-names.ts"),
  ]);
  const { state } = await context.feed();
  const document = state.desired.nodes.get(node);
  if (document === undefined) throw notFound("node", "nodes", node, state.desired.nodes.keys());
  const power = document.bmc.length === 0 ? null : await checkFence(document, state, context);
  const rehearsal = { power, ...(await fatesOf(node, state, context)) };
  if (format === "table") await tell(node, rehearsal, context);
  else await printData(context, format, rehearsal);
}

/** By the one planner, supposing that the node is proven dead. */
async function fatesOf(
  node: string,
  state: ClusterState,
  context: Context,
): Promise<Pick<Rehearsal, "restarted" | "left">> {
  const [{ presentInput }, { whatIf }] = await Promise.all([
    import("../../../reconciler/control/plan-input.ts"),
    import("../../../reconciler/plan/what-if.ts"),
  ]);
  const input = presentInput(state, context.clock.now());
  const { moved, unplaced } = whatIf(input, { lost: new Set([node]), flushed: new Set(), added: [] });
  return {
    restarted: moved
      .filter(({ from }) => from === node)
      .map(({ vm, to, why }) => ({ vm, to, why: describeReason(why) })),
    left: unplaced
      .filter(({ from }) => from === node)
      .map(({ vm, why }) => ({ vm, why: describeReason(why) })),
  };
}

async function tell(node: string, { power, restarted, left }: Rehearsal, context: Context): Promise<void> {
  const { checkLines } = await import("../../fence-check.ts");
  if (power === null) context.out(`node/${node} has no power devices.`);
  else for (const line of checkLines(power)) context.out(line);
  context.out("");
  if (power?.provable === true) context.out(`If ${node} were lost now, it would be proven off, and then:`);
  else {
    const why = power?.problem ?? "it has no `bmc`";
    context.out(`If ${node} were lost now, there would be no proof: ${why}.`);
    context.out(`Its VMs would stay where they are until \`keel node confirm-dead ${node}\`, and then:`);
  }
  for (const { vm, to, why } of restarted) context.out(`  ${vm} starts on ${to}: ${why}`);
  for (const { vm, why } of left) context.out(`  ${vm} starts nowhere: ${why}`);
  if (restarted.length + left.length === 0) context.out("  nothing: no VM runs there");
}
