import { objectId } from "../../reconciler/model/names.ts";
import type { ClusterReport, VmReport } from "../../reconciler/model/report.ts";
import { formatAge } from "../../tui/view/amounts.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { vmTones } from "../../tui/view/states.ts";
import type { Column } from "../output/table.ts";
import { bytes, list, source, text, titled, yesOrNo } from "./cells.ts";
import { listing } from "./listing.ts";

export const vms = listing<VmReport>({
  word: "vm",
  plural: "vms",
  noun: "VM",
  rows: ({ report }) => report.vms,
  columns: ({ now, report }) => columnsAt(now, pendingOf(report)),
});

/** By VM: the fields that wait for its restart. */
type Pending = ReadonlyMap<string, readonly string[]>;

function pendingOf({ drift }: ClusterReport): Pending {
  const pending = drift.filter(({ kind }) => kind === "pending");
  const byVm = Map.groupBy(pending, ({ object }) => object);
  return new Map([...byVm].map(([object, fields]) => [object, fields.flatMap(({ field }) => field ?? [])]));
}

function columnsAt(now: number, pending: Pending): readonly Column<VmReport>[] {
  return [
    { title: "NAME", cell: (vm) => titled(vm.name) },
    { title: "STATE", cell: (vm) => [span(vm.state, vm.stale ? "warn" : vmTones[vm.state])] },
    { title: "NODE", cell: (vm) => text(vm.node) },
    { title: "HOME", cell: home },
    { title: "MEMORY", align: "right", cell: (vm) => bytes(vm.memoryBytes) },
    { title: "CPUS", align: "right", cell: (vm) => text(vm.cpus) },
    { title: "NETWORKS", cell: networks },
    { title: "LIMITS", wide: true, cell: (vm) => list(vm.limits ?? []) },
    { title: "SELECTOR", wide: true, cell: selector },
    { title: "AUTORESTART", wide: true, cell: (vm) => yesOrNo(vm.autorestart) },
    { title: "PRIORITY", wide: true, cell: (vm) => text(vm.priority) },
    { title: "EPOCH", wide: true, align: "right", cell: (vm) => text(vm.epoch) },
    { title: "TAGS", wide: true, cell: (vm) => list(vm.tags) },
    { title: "SOURCE", wide: true, cell: (vm) => source(vm.source) },
    { title: "NOTE", cell: (vm) => note(vm, now, pending.get(objectId("VM", vm.name)) ?? []) },
  ];
}

function home(vm: VmReport): Line {
  if (vm.home === null) return [];
  return [span(vm.home, vm.node === null || vm.node === vm.home ? "plain" : "warn")];
}

/** A network that no document defines is marked by sign and colour. */
function networks(vm: VmReport): Line {
  return vm.networks.flatMap(({ name, defined }, index) => [
    ...(index === 0 ? [] : [span(",")]),
    defined ? span(name) : span(`!${name}`, "bad"),
  ]);
}

/** In brackets where it is the cluster's, not the VM's own. */
function selector(vm: VmReport): Line {
  return vm.selectorIsDefault ? [span(`(${vm.selector})`, "muted")] : [span(vm.selector)];
}

/** Reasons that the other columns say already. */
const plainReasons: ReadonlySet<string> = new Set(["at-home", "runs", "stopped-as-wanted"]);

/** A VM that is as it should be, where it should be, needs no words; what is under way says how far it is. */
function note(vm: VmReport, now: number, pending: readonly string[]): Line {
  const percent = vm.step?.percent ?? null;
  const parts = [
    ...(vm.stale ? ["as last seen"] : []),
    ...(percent === null ? [] : [`${Math.floor(percent)} %`]),
    ...(plainReasons.has(vm.reason.code) ? [] : [vm.reason.text]),
    ...(vm.held === null ? [] : [`for ${formatAge(now - vm.held.since)}`]),
    ...(pending.length === 0 ? [] : [`${pending.join(", ")} at the next restart`]),
  ];
  return [span(parts.join("; "))];
}
