import type { Command } from "commander";
import { formatTime } from "../../../reconciler/desired/times.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { vouchFor } from "../../vouch-for.ts";

/** `keel node confirm-dead`: a person's word is proof, where no power controller can give it. */
export function register(node: Command, context: ContextFactory): void {
  const command = node
    .command("confirm-dead")
    .description("Say that a lost node is off, for certain: its VMs start elsewhere. Good for ten minutes.")
    .argument("<node>", "its name; it is asked for again")
    .action(async (name: string, _: unknown, self: Command) => {
      await using run = context(self);
      await confirmDead(name, run);
    });
  withExamples(command, [["keel node confirm-dead hv1", "once you have switched it off yourself"]]);
}

async function confirmDead(node: string, context: Context): Promise<void> {
  const { noteWord, wishOf } = await import("../../node-words.ts");
  const wish = await wishOf(context, "confirm-dead", node);
  await vouchFor(node, context);
  const { expiresAt } = await noteWord(context, wish);
  context.out(
    `Noted: ${node} is dead. It is void once ${node} shows life, and good until ${formatTime(expiresAt)}.`,
  );
}
