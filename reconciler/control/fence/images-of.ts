import type { VmName } from "../../model/names.ts";
import { withKeptVolumes } from "../../plan/vm-facts.ts";
import type { ClusterState } from "../cluster-state.ts";

/** The images that the VM may have open in a shared store, as `pool/name`: by its document, and those of its birth. */
export function imagesOf({ desired, identities }: ClusterState, vm: VmName): readonly string[] {
  const identity = identities.get(vm) ?? null;
  const document = desired.vms.get(vm);
  const disks = document === undefined ? [] : withKeptVolumes(document, identity).disks;
  const named = disks.flatMap((disk) => (disk.source === "volume" ? [`${disk.pool}/${disk.volume}`] : []));
  const all = new Set([...named, ...Object.values(identity?.volumes ?? {})]);
  return [...all].filter((image) => desired.pools.get(image.slice(0, image.indexOf("/")))?.type === "rbd");
}
