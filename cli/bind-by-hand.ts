/** A person shows, or says, that a node's power devices are its own: for devices that tell no UUID. */
import { setMaxListeners } from "node:events";
import { bmcDigest, machineOf } from "../reconciler/control/fence/bindings.ts";
import { powerOn, runRound } from "../reconciler/control/fence/round.ts";
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import type { Binding } from "../reconciler/model/binding.ts";
import type { Node } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { encode } from "../reconciler/store/codec.ts";
import type { Context } from "./context.ts";
import { deviceOpener } from "./fence-agents.ts";
import { refuseIfFrozen } from "./frozen.ts";

/** Servers take their time. */
const bootMaxMs = 1_800_000;
const pollMs = 1_000;

/** @throws KeelError `refused`, `failed`, `not-confirmed` */
export async function bindByHand(node: Node, by: "power-cycle" | "word", context: Context): Promise<void> {
  const feed = await context.feed();
  refuseIfFrozen(feed.state);
  const machineId = machineOf(node.name, feed.state);
  if (machineId === null || feed.state.nodes.get(node.name)?.alive == null) {
    throw refused(node, "it does not live, so it cannot be told which machine is meant", "Start it first.");
  }
  if (by === "word") await askForWord(node, context);
  else await powerCycle(node, feed, context);
  if (machineOf(node.name, feed.state) !== machineId) {
    throw refused(
      node,
      "another machine lives under its name now",
      "Find out which one these devices switch.",
    );
  }
  const binding: Binding = {
    node: node.name,
    digest: bmcDigest(node),
    machineId,
    by,
    who: context.user,
    at: context.clock.now(),
  };
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const compare = [{ key: keys.head, modRevision: feed.state.applied.revision }];
  const then = [{ put: keys.boundByHand(node.name), value: encode(binding) }];
  const { ok, revision } = await store.transact({ compare, then });
  if (!ok) throw refused(node, "something else was applied meanwhile", "Run it again.");
  await feed.reached(revision, context.signal);
}

/** Whoever is wrong here has another machine taken for this one: its VMs would run twice. */
async function askForWord({ name, bmc }: Node, context: Context): Promise<void> {
  const open = deviceOpener(context);
  const devices = bmc.map((device) => open(device, name).name).join(", ");
  const answer = await context.ask(`Type ${name} if ${devices} switch that machine, for certain: `);
  if (answer !== name)
    throw new KeelError("not-confirmed", { why: `nobody vouched for it by typing ${name}` });
}

async function powerCycle(node: Node, feed: ClusterFeed, context: Context): Promise<void> {
  const { clock, signal } = context;
  const { name } = node;
  const bootId = feed.state.nodes.get(name)?.alive?.bootId ?? null;
  refuseInUse(node, feed);
  const answer = await context.ask(`This powers ${name} off, and on again. Type ${name} to go on: `);
  if (answer !== name) throw new KeelError("not-confirmed", { why: `the answer was not ${name}` });
  refuseInUse(node, feed);
  setMaxListeners(0, signal);
  const open = deviceOpener(context);
  const devices = node.bmc.map((device) => open(device, name));
  context.err(`powering ${name} off`);
  const off = await runRound(devices, clock, signal);
  if (!off.proven) throw failed(name, off.why);
  context.err("it read off twice; powering it on");
  const problem = await powerOn(devices, clock, signal);
  if (problem !== null) throw failed(name, problem);
  context.err(`waiting until ${name} lives again; Ctrl-C gives up, and leaves it on`);
  const deadline = clock.monotonic() + bootMaxMs;
  for (;;) {
    const alive = feed.state.nodes.get(name)?.alive ?? null;
    if (alive !== null && alive.bootId !== bootId) return;
    if (clock.monotonic() >= deadline) throw failed(name, "it did not come back");
    await clock.sleep(pollMs, signal);
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

function refused({ name }: Node, why: string, advice: string): KeelError {
  return new KeelError("refused", { what: `Binding the power devices of node/${name}`, why, advice });
}

function failed(node: string, why: string): KeelError {
  const advice = `Look after ${node}: it may be off. \`keel fence test ${node}\` reads it.`;
  return new KeelError("failed", { what: `the power cycle of node/${node}`, why, advice });
}
