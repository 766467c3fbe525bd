import type { ClusterReport } from "../../reconciler/model/report.ts";
import type { SortKey } from "../sort.ts";
import type { Canvas, Panel } from "../view/panel.ts";
import { nodesPanel } from "./nodes.ts";
import { vmsPanel } from "./vms.ts";

/** Nodes above, VMs below. A filter is about VMs: few nodes need none. */
export function overviewPanels(
  report: ClusterReport,
  filter: string,
  sort: SortKey,
  canvas: Canvas,
): readonly Panel[] {
  return [nodesPanel(report.nodes, "", "name", canvas), vmsPanel(report.vms, filter, sort, canvas)];
}
