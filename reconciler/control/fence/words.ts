/** What people say of nodes: that one is dead, or may be used again. Whether it may be said at all, as things stand. */
import { deathOf, fencedFor } from "../../model/fence.ts";
import { KeelError } from "../../model/errors.ts";
import type { NodeName } from "../../model/names.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Wish } from "../requests.ts";

/**
 * A person's word that the node is dead, for the incident that it is in.
 *
 * @throws KeelError where it lives, or was not seen to be silent
 */
export function confirmationOf(state: ClusterState, node: NodeName): Wish {
  const record = state.fences.get(node);
  const observed = state.nodes.get(node);
  const what = `confirming ${node} dead`;
  if (observed?.alive != null) {
    throw new KeelError("refused", { what, why: "it is alive", advice: "Nothing needs to be confirmed." });
  }
  if (deathOf(record, observed) !== null) {
    throw new KeelError("refused", {
      what,
      why: "it is proven dead already",
      advice: `\`keel node ready ${node}\` takes it in again once it is back.`,
    });
  }
  if (record === undefined || !("incident" in record)) {
    throw new KeelError("refused", {
      what,
      why: "no leader has missed it yet",
      advice: "Look at `keel get nodes`, and try again in a moment.",
    });
  }
  if (record.phase === "suspect" && record.why?.code === "store-cut") {
    throw new KeelError("refused", {
      what,
      why: "its heartbeat answers the leader: it lives, and does not reach the store",
      advice: `Switch it off first, and confirm it once \`keel get nodes\` no longer says that it answers.`,
    });
  }
  return { kind: "confirm-dead", node, incident: record.incident.id };
}

/**
 * That another machine goes by the node's name from now on.
 *
 * @throws KeelError where the machine that goes by it is not proven dead, or has left no id behind
 */
export function replacementOf(state: ClusterState, node: NodeName): Wish {
  const observed = state.nodes.get(node);
  const death = deathOf(state.fences.get(node), observed);
  const what = `replacing the machine of ${node}`;
  if (death === null) {
    const why = observed?.alive == null ? "the one that it was is not proven dead" : "it is alive";
    const advice = `Switch it off, then \`keel node confirm-dead ${node}\`.`;
    throw new KeelError("refused", { what, why, advice });
  }
  const { machineId } = death.incident;
  if (machineId !== null) return { kind: "replace", node, machineId };
  const advice = "Any machine may go by its name.";
  throw new KeelError("refused", { what, why: "it is not known which machine it was", advice });
}

/**
 * That a node which was fenced may be used again.
 *
 * @throws KeelError where it is not fenced
 */
export function acknowledgementOf(state: ClusterState, node: NodeName): Wish {
  const incident = fencedFor(state.fences.get(node));
  if (incident !== null) return { kind: "acknowledge", node, incident };
  throw new KeelError("refused", {
    what: `acknowledging ${node}`,
    why: "it is not fenced",
    advice: "`keel get nodes` shows what it is.",
  });
}
