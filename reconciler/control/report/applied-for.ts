import type { Desired } from "../../model/desired.ts";
import type { Hardware } from "../../model/hardware.ts";
import type { VmName } from "../../model/names.ts";
import type { Placement } from "../../model/placement.ts";
import type { ClusterState } from "../cluster-state.ts";

/** What is in force, and where it stands. */
export interface AppliedState {
  readonly desired: Desired;
  readonly placements: ReadonlyMap<VmName, { readonly placement: Placement }>;
  /** Live hardware of a VM that runs. */
  readonly live: (vm: VmName) => Hardware | null;
}

/** What is in force, and where its VMs stand, as a plan's report needs it. */
export function appliedFor(state: ClusterState): AppliedState {
  return { desired: state.desired, placements: state.placements, live: (vm) => liveHardware(state, vm) };
}

function liveHardware(state: ClusterState, vm: VmName): Hardware | null {
  const node = state.placements.get(vm)?.placement.node ?? null;
  const domain = node === null ? undefined : state.nodes.get(node)?.domains.get(vm);
  return domain === undefined || domain.state === "off" ? null : domain.live;
}
