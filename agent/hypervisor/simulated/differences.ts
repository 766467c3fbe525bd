import { type Hardware, type HardwareField, hardwareFields } from "../../../reconciler/model/hardware.ts";
import { firstDifference } from "../hardware-fields.ts";
import type { Difference, Domain } from "../hypervisor.ts";

/** In what a simulated domain was changed by hand: it is nothing but its hardware, and runs or does not. */
export function differencesOf({
  state,
  live,
  applied,
}: Pick<Domain, "state" | "live" | "applied">): readonly Difference[] {
  const hand = { by: "hand", heardAt: null } as const;
  const fields = hardwareFields.filter((field) => firstDifference(live, applied, [field]) !== null);
  const changed = fields.map((field): Difference => {
    const [wanted, is] = [inWords(field, applied), inWords(field, live)];
    return { path: field, field, wanted, live: is, takes: "live", ...hand };
  });
  if (state !== "paused") return changed;
  const paused = { path: "state", field: null, wanted: "running", live: "paused by hand" } as const;
  return [...changed, { ...paused, takes: "next-restart", ...hand }];
}

function inWords(field: HardwareField, { memoryBytes, cpus, disks, nics }: Hardware): string {
  switch (field) {
    case "memory":
      return `${memoryBytes}B`;
    case "cpus":
      return String(cpus);
    case "disks":
      return disks.map((disk) => ("path" in disk ? disk.path : `${disk.pool}/${disk.volume}`)).join(", ");
    case "nics":
      return nics.map(({ network, mac }) => `${network} ${mac}`).join(", ");
  }
}
