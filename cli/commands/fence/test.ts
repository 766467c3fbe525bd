import type { Command } from "commander";
import { exitCodes } from "../../../reconciler/model/errors.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { name } from "../../option-values.ts";
import { printData } from "../../output/answer.ts";

interface TestOptions {
  readonly bind: boolean;
  readonly word: boolean;
}

/** `keel fence test`: asks a node's power devices, as a reconciler on this machine would. */
export function register(fence: Command, context: ContextFactory): void {
  const test = fence
    .command("test")
    .description(
      "Ask a node's power devices whether it is on, and whether they are its own. Switches nothing.",
    )
    .argument("<node>", "whose devices", name)
    .option("--bind", "show that they are its own by a power cycle: off, and on again", false)
    .option("--word", "with --bind: by your word instead of a power cycle", false)
    .action(async (node: string, options: TestOptions, command: Command) => {
      await using run = context(command);
      await testNode(node, options, run);
    });
  withExamples(test, [
    ["keel fence test hv1", "can it be read, and is it hv1?"],
    ["keel fence test hv1 --bind", "power hv1 off and on again; flush it first"],
  ]);
}

async function testNode(node: string, { bind, word }: TestOptions, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const { checkFence, checkLines, factsOf, noDevices, nodeWithDevices } =
    await import("../../fence-check.ts");
  const feed = await context.feed();
  if (bind || word) {
    const { bindByHand } = await import("../../bind-by-hand.ts");
    await bindByHand(nodeWithDevices(node, feed.state), word ? "word" : "power-cycle", context);
  }
  const { state } = feed;
  const check = await checkFence(factsOf(node, state), state, context);
  if (check === null) throw noDevices(node);
  if (format === "table") {
    for (const line of checkLines(check)) context.out(line);
    context.out(
      check.provable
        ? "A fence would have its proof."
        : `A fence would prove nothing: ${check.problem ?? ""}.`,
    );
  } else await printData(context, format, check);
  if (!check.provable) context.exitWith(exitCodes.error);
}
