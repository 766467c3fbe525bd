/** Finding things in a reading. */
import type { VmName } from "../../reconciler/model/names.ts";
import type { Domain, DomainEnd, Reading } from "../hypervisor/hypervisor.ts";

export function findDomain(reading: Reading, vm: VmName): Domain | null {
  return reading.domains.find((domain) => domain.vm === vm) ?? null;
}

/** How the VM's run of that epoch ended here, where it did. */
export function findEnd(reading: Reading, vm: VmName, epoch: number): DomainEnd | null {
  return reading.ended.find((end) => end.vm === vm && end.epoch === epoch) ?? null;
}
