import { objectId } from "../../reconciler/model/names.ts";
import type { VmReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter } from "../filter.ts";
import { sortVms, type SortKey } from "../sort.ts";
import { stateCounts, listTitle } from "../view/counts.ts";
import { blank } from "../view/line.ts";
import type { Canvas, Panel } from "../view/panel.ts";
import { vmStatesByTrouble, vmTones } from "../view/states.ts";
import { vmTable } from "../view/vm-table.ts";

export function vmsPanel(vms: readonly VmReport[], filter: string, sort: SortKey, canvas: Canvas): Panel {
  const wanted = parseFilter(filter);
  const searched = filter.includes("=") ? fields : words;
  const shown = sortVms(vms, sort).filter((vm) => wanted.kind === "all" || matches(wanted, searched(vm)));
  const table = vmTable(shown, canvas);
  return {
    title: listTitle("vms", { shown: shown.length, all: vms.length }, filter, sort),
    aside: stateCounts(vms, vmStatesByTrouble, vmTones),
    headings: table.headings,
    keys: shown.map((vm) => objectId("VM", vm.name)),
    scrolls: "list",
    lineAt: (index, now) => {
      const vm = shown[index];
      return vm === undefined ? blank : table.lineOf(vm, now);
    },
    empty:
      vms.length === 0
        ? [
            "No VMs yet. Five lines in a file of the folder make one:",
            "",
            "  kind: VM",
            "  name: web1",
            "  memory: 2GiB",
          ]
        : ["No VM matches the filter."],
  };
}

/** What `/` looks at: everything that the row says in words. */
function words(vm: VmReport): string {
  const networks = vm.networks.map((network) => network.name);
  const marks = [vm.displaced ?? "", vm.stale ? "stale" : "", vm.priority];
  return [
    vm.name,
    vm.state,
    vm.node ?? "",
    vm.home ?? "",
    vm.reason.code,
    ...vm.tags,
    ...networks,
    ...marks,
  ].join(" ");
}

/** The same by name, for filters with an equals sign. `node=hv1 `, with the blank, means that node and not hv10. */
function fields(vm: VmReport): string {
  const tags = vm.tags.map((tag) => `tag=${tag} `).join("");
  const networks = vm.networks.map((network) => `network=${network.name} `).join("");
  const place = `node=${vm.node ?? "none"} home=${vm.home ?? "none"} `;
  return `name=${vm.name} state=${vm.state} ${place}${tags}${networks}reason=${vm.reason.code} priority=${vm.priority} `;
}
