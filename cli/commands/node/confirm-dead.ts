import type { Command } from "commander";
import { formatTime } from "../../../reconciler/desired/times.ts";
import type { Context, ContextFactory } from "../../context.ts";
import { withExamples } from "../../examples.ts";
import { refuseIfFrozen } from "../../frozen.ts";
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
  const [{ confirmationOf }, { writeRequest }] = await Promise.all([
    import("../../../reconciler/control/fence/words.ts"),
    import("../../../reconciler/control/requests.ts"),
  ]);
  const { state } = await context.feed();
  refuseIfFrozen(state);
  const wish = confirmationOf(state, node);
  await vouchFor(node, context);
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { request } = await writeRequest(store, keys, wish, { by: context.user, now: context.clock.now() });
  context.out(
    `Noted: ${node} is dead. It is void once ${node} shows life, and good until ${formatTime(request.expiresAt)}.`,
  );
}
