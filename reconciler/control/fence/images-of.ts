import type { VmName } from "../../model/names.ts";
import { withKeptVolumes } from "../../plan/vm-facts.ts";
import type { ClusterState } from "../cluster-state.ts";

/**
 * The images that the VM may have open in a shared store, as `pool/name`: by its document, those of its birth, and all that
 * it ever claimed; its document may be gone by now, or name others.
 */
export function imagesOf(
  { desired, identities, volumes }: Pick<ClusterState, "desired" | "identities" | "volumes">,
  vm: VmName,
): readonly string[] {
  const identity = identities.get(vm) ?? null;
  const document = desired.vms.get(vm);
  const disks = document === undefined ? [] : withKeptVolumes(document, identity).disks;
  const named = disks.flatMap((disk) => (disk.source === "volume" ? [`${disk.pool}/${disk.volume}`] : []));
  const claimed = [...volumes.values()].filter((claim) => claim.vm === vm);
  const all = new Set([
    ...named,
    ...Object.values(identity?.volumes ?? {}),
    ...claimed.map(({ pool, volume }) => `${pool}/${volume}`),
  ]);
  return [...all].filter((image) => desired.pools.get(image.slice(0, image.indexOf("/")))?.type === "rbd");
}
