/**
 * A node is switched off by its power devices, and on again: they are its own if its life ends by the one and another
 * boot begins after the other. Nothing is written.
 */
import { setMaxListeners } from "node:events";
import { readBootId } from "../agent/machine-ids.ts";
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { type Life, lifeOf } from "../reconciler/control/fence/life.ts";
import { addressesOf } from "../reconciler/control/fence/last-fields.ts";
import { powerOn, runRound, whyUnproven } from "../reconciler/control/fence/round.ts";
import { keepsQuorum, placedMembers } from "../reconciler/control/fence/store-members.ts";
import type { Node } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Alive } from "../reconciler/model/observed.ts";
import { addressesOfHost } from "./addresses-of-host.ts";
import { readLife, refused, type Subject } from "./bind-subject.ts";
import type { Context } from "./context.ts";

/** Besides its lease: for messages under way. */
const silenceSlackMs = 10_000;
/** A machine that was restarted by another way, and waited for its former lease to end, shows within that. */
const heldOffMs = 5_000;
/** Servers take their time. */
const bootMaxMs = 1_800_000;
const pollMs = 1_000;

/**
 * The life that the node came back in, with its devices on and none of them contradicting. `before`: the life that it
 * was judged in; it must last until the node is switched off.
 * @throws KeelError `refused` where nothing was switched, `failed`, `not-confirmed`
 */
export async function powerCycle(subject: Subject, before: Life, context: Context): Promise<Life> {
  const { node, devices, deviceNames } = subject;
  const { clock, signal } = context;
  const { name } = node;
  setMaxListeners(0, signal);
  await askForLeave(subject, before, context);
  context.err(`powering ${name} off`);
  const off = await runRound(devices, clock, signal);
  if (!off.proven) throw await giveUp(subject, whyUnproven(off), context);
  context.err(
    `it read off twice; waiting until ${name} falls silent; Ctrl-C leaves off what ${deviceNames} switched`,
  );
  const unmoved = await whyNotSilent(subject, before.alive, context);
  if (unmoved !== null) throw await giveUp(subject, unmoved, context);
  context.err(`${name} is silent; powering it on`);
  const problem = await powerOn(devices, clock, signal);
  if (problem !== null) throw failed(name, problem);
  context.err(`waiting until ${name} lives again; Ctrl-C gives up, and leaves it on`);
  await untilAlive(subject, context);
  return judgeReturn(subject, before.alive, await readLife(subject, signal));
}

/** Everything that must hold when it is switched off is looked at again after the answer, which may have taken hours. */
async function askForLeave(subject: Subject, before: Life, context: Context): Promise<void> {
  const { node, feed } = subject;
  const { name } = node;
  refuseInUse(node, feed);
  await refuseOwnMachine(node, before.alive);
  await refuseLossOfStore(subject, context);
  const answer = await context.ask(`This powers ${name} off, and on again. Type ${name} to go on: `);
  if (answer !== name) throw new KeelError("not-confirmed", { why: `the answer was not ${name}` });
  await readLife(subject, context.signal);
  await refuseLossOfStore(subject, context);
  refuseInUse(node, feed);
  if ((await lifeOf(name, subject))?.revision !== before.revision) {
    throw refused(node, "it began another life meanwhile", "Run it again.");
  }
}

/** Its guests would die with it: those that nobody reads as running just now, and one that it is given meanwhile, too. */
function refuseInUse(node: Node, { state }: ClusterFeed): void {
  const domains = [...(state.nodes.get(node.name)?.domains.values() ?? [])];
  const running = domains.filter((domain) => domain.state !== "off").map(({ vm }) => vm);
  const assigned = [...state.placements].filter(
    ([, { placement }]) => placement.node === node.name || placement.moving?.to === node.name,
  );
  const wanted = assigned.map(([vm]) => vm).filter((vm) => state.desired.vms.get(vm)?.state === "running");
  const vms = [...new Set([...running, ...wanted])].sort();
  const advice = "Write `state: flushed` into its document, and wait until it is empty.";
  if (vms.length > 0) throw refused(node, `VMs run there: ${vms.join(", ")}`, advice);
  if ((state.desired.nodes.get(node.name) ?? node).state !== "ready") return;
  throw refused(node, "it is neither flushed nor cordoned, so it could be given a VM meanwhile", advice);
}

/** Nobody would be left to power it on. Where this machine's boot cannot be told, it is for whoever answers to know. */
async function refuseOwnMachine(node: Node, { bootId }: Alive): Promise<void> {
  const own = await readBootId().catch(() => null);
  if (bootId !== own) return;
  throw refused(
    node,
    "this command runs on that very machine, and would go off with it",
    "Run it on another machine.",
  );
}

/** Without the store nobody could tell whether it fell silent, and nothing in the cluster would be decided. */
async function refuseLossOfStore({ node, feed }: Subject, context: Context): Promise<void> {
  const { state } = feed;
  const facts = { name: node.name, document: node, observed: state.nodes.get(node.name) ?? null };
  const members = await placedMembers(await context.maintenance(), addressesOfHost);
  if (keepsQuorum(members, addressesOf(facts, state))) return;
  const advice = "`keel store status` shows its members; bring the others up first.";
  throw refused(node, "the store would lose its quorum with it", advice);
}

/** Null: its life ended while the devices read off, and no other began. Else what speaks against their being its own. */
async function whyNotSilent(subject: Subject, before: Alive, context: Context): Promise<string | null> {
  const { clock, signal } = context;
  const { feed, deviceNames } = subject;
  const { name } = subject.node;
  const deadline = clock.monotonic() + feed.state.desired.cluster.fencing.leaseMs + silenceSlackMs;
  let silentSince: number | null = null;
  for (;;) {
    const alive = aliveIn(subject);
    const now = clock.monotonic();
    if (alive === null) silentSince ??= now;
    else if (alive.bootId !== before.bootId)
      return `${name} began another boot while ${deviceNames} read off`;
    else if (silentSince !== null || now >= deadline) return livesOn(subject);
    if (silentSince !== null && now - silentSince >= heldOffMs) return null;
    await clock.sleep(pollMs, signal);
  }
}

function livesOn({ node: { name }, deviceNames, feed }: Subject): string {
  if (feed.problem !== null) return `nobody knows whether ${name} fell silent: ${feed.problem.why}`;
  return `${deviceNames} switches another machine than ${name}, or not all of its power: ${name} lives on in the same boot`;
}

async function untilAlive(subject: Subject, { clock, signal }: Context): Promise<void> {
  const deadline = clock.monotonic() + bootMaxMs;
  while (aliveIn(subject) === null) {
    if (clock.monotonic() >= deadline) throw failed(subject.node.name, "it did not come back");
    await clock.sleep(pollMs, signal);
  }
}

function judgeReturn(subject: Subject, before: Alive, after: Life): Life {
  const { node } = subject;
  if (after.alive.bootId === before.bootId) throw failed(node.name, livesOn(subject));
  if (after.alive.machineId === before.machineId) return after;
  const advice = "Find out which one these devices switch.";
  throw refused(node, "another machine lives under its name now", advice);
}

function aliveIn({ node, feed }: Subject): Alive | null {
  return feed.state.nodes.get(node.name)?.alive ?? null;
}

/** Whichever machine was switched off is not left so. */
async function giveUp(
  { node: { name }, devices }: Subject,
  why: string,
  { clock, signal }: Context,
): Promise<KeelError> {
  const problem = await powerOn(devices, clock, signal);
  const end =
    problem === null ? "what was off was powered on again" : `it could not be powered on again: ${problem}`;
  return failed(name, `${why}; nothing was bound, and ${end}`);
}

function failed(node: string, why: string): KeelError {
  const advice = `Look after ${node}, and after what else these devices could switch. \`keel fence test ${node}\` reads them.`;
  return new KeelError("failed", { what: `the power cycle of node/${node}`, why, advice });
}
