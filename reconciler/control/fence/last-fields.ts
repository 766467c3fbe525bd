/** The fields in force of a node that fell silent are those that it was last alive with, whatever its document says by now. */
import type { Bmc, Desired, Node } from "../../model/desired.ts";
import type { LastFields } from "../../model/last-fields.ts";
import { reason } from "../../model/reasons.ts";
import { areSamePlug } from "../../desired/resolve/check-bmc-devices.ts";
import type { NodeFacts } from "../../plan/node-facts.ts";
import { encode } from "../../store/codec.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Decision, Writer } from "../transactions.ts";
import { type FoundBy, kitOf, type Unusable, type Usable } from "./fence-device.ts";

interface Known extends Pick<ClusterState, "lastFields"> {
  readonly desired: Pick<Desired, "cluster" | "nodes">;
}

/** What is to be written down of nodes that lived with a document, and to be forgotten of those that are gone. */
export function writeLastFields(
  writer: Writer,
  state: ClusterState,
  nodes: ReadonlyMap<string, NodeFacts>,
): readonly Decision[] {
  const { keys } = writer;
  const transaction = (node: string, record: LastFields | null): Decision => {
    const key = keys.lastFields(node);
    const compare = [
      ...writer.guard,
      { key, modRevision: state.lastFields.get(node)?.revision ?? 0 },
      { key: keys.head, modRevision: state.applied.revision },
    ];
    return {
      about: node,
      transaction: {
        compare,
        then: [record === null ? { delete: key } : { put: key, value: encode(record) }],
      },
    };
  };
  const changed = [...nodes.values()].flatMap(({ name, document, observed }) => {
    if (document === null) return [];
    const known = state.lastFields.get(name)?.fields ?? null;
    const { address, bmc, maintenance } = document;
    const aliveWith = observed?.alive == null ? known : { node: name, address, bmc };
    if (aliveWith === null) return [];
    const now: LastFields = { ...aliveWith, maintenance };
    return isSame(known, now) ? [] : [transaction(name, now)];
  });
  const gone = [...state.lastFields.keys()].filter((name) => !nodes.has(name));
  return [...changed, ...gone.map((name) => transaction(name, null))];
}

/** Null: it has no document, and was never seen alive with one. */
export function fieldsInForce(
  { name, document, observed }: Pick<NodeFacts, "name" | "document" | "observed">,
  { lastFields }: Pick<Known, "lastFields">,
): Pick<Node, "name" | "address" | "bmc"> | null {
  const isAlive = observed?.alive != null;
  if (isAlive && document !== null) return document;
  const fields = lastFields.get(name)?.fields;
  return fields === undefined ? document : { name, address: fields.address, bmc: fields.bmc };
}

/** By what it may be known in the network. */
export function addressesOf(
  node: Pick<NodeFacts, "name" | "document" | "observed">,
  state: Pick<Known, "lastFields">,
): readonly string[] {
  const address = fieldsInForce(node, state)?.address ?? null;
  return [node.name, ...(address === null ? [] : [address]), ...(node.observed?.seen?.addresses ?? [])];
}

/** What may prove this node off, or power it on: by the fields in force. */
export function kitInForce<Found extends Usable>(
  devices: FoundBy<Found>,
  node: Pick<NodeFacts, "name" | "document" | "observed">,
  state: Known,
): Found | Unusable {
  const { name, document } = node;
  const { cluster } = state.desired;
  const bmc = fieldsInForce(node, state)?.bmc ?? [];
  const taken = takenBy(name, bmc, state);
  if (taken !== null) return { usable: false, why: reason("bmc-taken", { node: name, other: taken }) };
  const kit = kitOf(devices, { name, bmc }, cluster);
  const isEdited = document !== null && !isSame(document.bmc, bmc);
  if (kit.usable || !isEdited || !cluster.fencing.methods.includes("bmc")) return kit;
  return { usable: false, why: reason("bmc-edited", { node: name }) };
}

/** Another node that a document gives one of them by now: switching it would hit that one. */
function takenBy(name: string, bmc: readonly Bmc[], { desired }: Known): string | null {
  const others = [...desired.nodes.values()].filter((other) => other.name !== name);
  const owner = others.find((other) =>
    other.bmc.some((theirs) => bmc.some((one) => one.address !== null && areSamePlug(one, theirs))),
  );
  return owner?.name ?? null;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
