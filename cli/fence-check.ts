/** What a node's power devices say now, and whether they would prove it off. Nothing is switched. */
import { bindingOf, isBound, judgedBy } from "../reconciler/control/fence/bindings.ts";
import { fieldsInForce, kitInForce } from "../reconciler/control/fence/last-fields.ts";
import {
  askDevices,
  type DeviceAnswer,
  type SystemUuids,
  systemUuidsOf,
  unreadable,
  whyUnproven,
} from "../reconciler/control/fence/own-devices.ts";
import type { ClusterState } from "../reconciler/control/cluster-state.ts";
import type { Binding } from "../reconciler/model/binding.ts";
import type { Node } from "../reconciler/model/desired.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { NodeFacts } from "../reconciler/plan/node-facts.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import { describeReason, type ReasonCode } from "../reconciler/model/reasons.ts";
import { formatTime } from "../reconciler/desired/times.ts";
import type { Context } from "./context.ts";
import { deviceOpener } from "./fence-agents.ts";
import { notFound } from "./output/object-names.ts";

/** `keel fence test -o json`. */
export interface FenceCheck {
  readonly node: string;
  readonly alive: boolean;
  /** The machine's own; null: it tells none, or does not live. */
  readonly systemUuid: string | null;
  readonly devices: readonly DeviceAnswer[];
  readonly binding: Binding | null;
  /** Every device tells on or off, they are bound, and may be used: a fence would have its proof. */
  readonly provable: boolean;
  /** Why not. */
  readonly problem: string | null;
}

/** The node as it is applied. @throws KeelError `not-found`, `refused` where it has no devices */
export function nodeWithDevices(name: string, { desired }: ClusterState): Node {
  const node = desired.nodes.get(name);
  if (node === undefined) throw notFound("node", "nodes", name, desired.nodes.keys());
  if (node.bmc.length > 0) return node;
  throw noDevices(name);
}

/** A node that cannot be tested. */
export function noDevices(name: NodeName): KeelError {
  const advice =
    "Give it one in its document: bmc: { agent: ipmilan, address: 10.0.9.11, … }; then `keel apply`.";
  return new KeelError("refused", {
    what: `Asking for the power of node/${name}`,
    why: "it has no `bmc`",
    advice,
  });
}

type Facts = Pick<NodeFacts, "name" | "document" | "observed">;

/** @throws KeelError `not-found` where it has no document and was never seen alive with one */
export function factsOf(name: NodeName, { desired, nodes, lastFields }: ClusterState): Facts {
  const document = desired.nodes.get(name) ?? null;
  if (document === null && !lastFields.has(name)) {
    throw notFound("node", "nodes", name, desired.nodes.keys());
  }
  return { name, document, observed: nodes.get(name) ?? null };
}

/**
 * Asks each device once that a fence would ask: of a node that does not live, those that it was last alive with. Null: it
 * has none.
 */
export async function checkFence(
  facts: Facts,
  state: ClusterState,
  context: Context,
): Promise<FenceCheck | null> {
  const open = deviceOpener(context);
  const node = fieldsInForce(facts, state);
  if (node === null || node.bmc.length === 0) return null;
  const alive = facts.observed?.alive ?? null;
  const kit = kitInForce(judgedBy(state), facts, state);
  const uuids = systemUuidsOf(node.name, alive, state.nodes.observed);
  const devices = await askDevices(
    node.bmc.map((bmc) => open(bmc, node.name)),
    uuids,
    context.signal,
  );
  const unbound = isBound(node, state) ? null : whyUnbound(devices, uuids, alive !== null);
  const problem =
    unreadable(devices) ??
    unbound ??
    (kit.usable ? null : (unusable[kit.why.code] ?? describeReason(kit.why)));
  return {
    node: node.name,
    alive: alive !== null,
    systemUuid: uuids.own,
    devices,
    binding: bindingOf(node, state),
    provable: problem === null,
    problem,
  };
}

/** In words that are so of a node that lives, too. */
const unusable: Partial<Record<ReasonCode, string>> = {
  "bmc-not-allowed": "`fencing.methods` does not let a power controller prove anything",
  "bmc-edited": "it was not yet alive with the `bmc` that its document has by now",
  "bmc-taken": "its power controller is another node's by now",
};

function whyUnbound(devices: readonly DeviceAnswer[], uuids: SystemUuids, lives: boolean): string {
  if (!lives) return "not bound, and the node does not live: that can only be found out while it does";
  const why = whyUnproven(devices, uuids);
  return why === null ? "the leader has not bound it yet; it does within seconds" : `not bound: ${why}`;
}

/** `bound by its UUID since 2026-…`. */
export function bindingText({ binding, node }: FenceCheck): string {
  if (binding === null) return `node/${node} has no devices that are bound to it`;
  const how = {
    "uuid": "by its UUID",
    "power-cycle": "by a power cycle",
    "word": `by the word of ${binding.who}`,
  };
  return `bound to node/${node} ${how[binding.by]} since ${formatTime(binding.at)}`;
}

export function checkLines(check: FenceCheck): readonly string[] {
  const devices = check.devices.map(({ device, power, why, uuid, sameMachine }) => {
    const machine =
      uuid === null
        ? "tells no UUID"
        : `${uuid}${sameMachine === null ? "" : sameMachine ? ", this machine" : ", ANOTHER MACHINE"}`;
    return `  ${device}: ${power}${why === null ? `, ${machine}` : ` (${why})`}`;
  });
  const isOwn = check.binding === null && check.provable;
  return [
    `node/${check.node} ${check.alive ? "lives" : "does not live"}; its power devices:`,
    ...devices,
    isOwn ? "  its own by their nature: simulated" : `  ${bindingText(check)}`,
  ];
}
