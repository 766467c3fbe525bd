/** A person shows, or says, that a node's power devices are its own: for devices that tell no UUID. */
import { bmcDigest } from "../reconciler/control/fence/bindings.ts";
import type { Life } from "../reconciler/control/fence/life.ts";
import type { Binding } from "../reconciler/model/binding.ts";
import type { Node } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { encode } from "../reconciler/store/codec.ts";
import { openSubject, readLife, refused, type Subject } from "./bind-subject.ts";
import type { Context } from "./context.ts";
import { refuseIfFrozen } from "./frozen.ts";
import { powerCycle } from "./power-cycle.ts";

/**
 * Asks the devices before anybody is asked and anything is switched: what they say against it, nobody's word outweighs.
 * @throws KeelError `refused`, `failed`, `not-confirmed`
 */
export async function bindByHand(node: Node, by: "power-cycle" | "word", context: Context): Promise<void> {
  const subject = await openSubject(node, context);
  refuseIfFrozen(subject.feed.state);
  const life = await readLife(subject, context.signal);
  if (by === "power-cycle") {
    await record(subject, await powerCycle(subject, life, context), by, context);
    return;
  }
  await askForWord(subject, context);
  await record(subject, life, by, context);
}

/** Whoever is wrong here has another machine taken for this one: its VMs would run twice. */
async function askForWord({ node: { name }, deviceNames }: Subject, context: Context): Promise<void> {
  const answer = await context.ask(`Type ${name} if ${deviceNames} switch that machine, for certain: `);
  if (answer !== name)
    throw new KeelError("not-confirmed", { why: `nobody vouched for it by typing ${name}` });
}

/** Holds for the very life that was judged, and for the devices that were asked. */
async function record(
  { node, feed, store, keys }: Subject,
  { alive, revision: lifeRevision }: Life,
  by: Binding["by"],
  { user, clock, signal }: Context,
): Promise<void> {
  const { applied, desired } = feed.state;
  const defined = desired.nodes.get(node.name);
  if (defined === undefined || bmcDigest(defined) !== bmcDigest(node)) {
    throw refused(node, "its `bmc` was edited meanwhile", "Run it again.");
  }
  const binding: Binding = {
    node: node.name,
    digest: bmcDigest(node),
    machineId: alive.machineId,
    by,
    who: user,
    at: clock.now(),
  };
  const compare = [
    { key: keys.alive(node.name), modRevision: lifeRevision },
    { key: keys.head, modRevision: applied.revision },
  ];
  const then = [{ put: keys.boundByHand(node.name), value: encode(binding) }];
  const { ok, revision } = await store.transact({ compare, then });
  if (!ok) {
    throw refused(node, "it began another life, or something else was applied, meanwhile", "Run it again.");
  }
  await feed.reached(revision, signal);
}
