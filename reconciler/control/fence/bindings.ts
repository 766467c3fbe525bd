/** Which power devices count: those that are known to switch the machine that they are defined for. */
import { hash } from "node:crypto";
import type { Binding } from "../../model/binding.ts";
import type { Bmc, Node } from "../../model/desired.ts";
import type { NodeName } from "../../model/names.ts";
import { reason } from "../../model/reasons.ts";
import { canonicalJson } from "../../desired/canonical-json.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { FenceDevice, FenceDevices, FenceJudge } from "./fence-device.ts";

/** Changes with every edit of any device of the node. A secret is in it as its reference. */
export function bmcDigest(node: Pick<Node, "bmc">): string {
  return hash("sha256", canonicalJson(node.bmc));
}

/** Why the node's devices count as they are defined now; null: they do not, or not yet. */
export function bindingOf(
  node: Pick<Node, "name" | "bmc">,
  state: Pick<ClusterState, "bindings" | "nodes">,
): Binding | null {
  const machineId = machineOf(node.name, state);
  const digest = bmcDigest(node);
  const known = [state.bindings.seen.get(node.name), state.bindings.told.get(node.name)];
  return known.find((one) => one?.digest === digest && one.machineId === machineId) ?? null;
}

/** The machine that goes by the node's name, or did last; null: nobody knows. */
export function machineOf(node: NodeName, { nodes }: Pick<ClusterState, "nodes">): string | null {
  const observed = nodes.get(node);
  return observed?.alive?.machineId ?? observed?.seen?.machineId ?? null;
}

/** A simulated device is its node's own by its nature. */
function isSimulated(node: Pick<Node, "bmc">): boolean {
  return node.bmc.every(({ agent }) => agent === "simulated");
}

export type OpenDevice = (bmc: Bmc, node: NodeName) => FenceDevice;

/** Whether the node's devices are known to be its own. */
export function isBound(
  node: Pick<Node, "name" | "bmc">,
  state: Pick<ClusterState, "bindings" | "nodes">,
): boolean {
  return isSimulated(node) || bindingOf(node, state) !== null;
}

/** Whether the devices of each node are bound to it, by the records. */
export function judgedBy(state: ClusterState): FenceJudge {
  return {
    of: (node) =>
      isBound(node, state)
        ? { usable: true }
        : { usable: false, why: reason("bmc-unbound", { node: node.name, device: "any device" }) },
  };
}

/** The devices of each node that are bound to it, by what `state` holds when they are asked for. */
export function boundDevices(open: OpenDevice, state: () => ClusterState): FenceDevices {
  return {
    of: (node) => {
      const [first, ...others] = node.bmc.map((bmc) => open(bmc, node.name));
      if (first === undefined || !isBound(node, state())) {
        const device = first?.name ?? "any device";
        return { usable: false, why: reason("bmc-unbound", { node: node.name, device }) };
      }
      return { usable: true, devices: [first, ...others] };
    },
  };
}
