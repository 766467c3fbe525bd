import type { VmFilter } from "../../reconciler/api/ports.ts";
import type { VmReport } from "../../reconciler/model/report.ts";

/** Whether the VM is everything that is said; nothing said fits all. `negate`: whether it is not. */
export function fitsVm(vm: VmReport, { negate = false, ...wanted }: VmFilter): boolean {
  return isAllOf(vm, wanted) !== negate;
}

function isAllOf(vm: VmReport, { node, home, state, tag, limit }: Omit<VmFilter, "negate">): boolean {
  return (
    (node === undefined || vm.node === node) &&
    (home === undefined || vm.home === home) &&
    (state === undefined || vm.state === state) &&
    (tag === undefined || vm.tags.includes(tag)) &&
    (limit === undefined || (vm.limits?.includes(limit) ?? true))
  );
}
