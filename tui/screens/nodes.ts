import { objectId } from "../../reconciler/model/names.ts";
import type { NodeReport } from "../../reconciler/model/report.ts";
import { matches, parseFilter } from "../filter.ts";
import { sortNodes, type SortKey } from "../sort.ts";
import { stateCounts, listTitle } from "../view/counts.ts";
import { blank } from "../view/line.ts";
import { nodeTable } from "../view/node-table.ts";
import type { Canvas, Panel } from "../view/panel.ts";
import { nodeStatesByTrouble, nodeTones } from "../view/states.ts";

export function nodesPanel(
  nodes: readonly NodeReport[],
  filter: string,
  sort: SortKey,
  canvas: Canvas,
): Panel {
  const wanted = parseFilter(filter);
  const shown = sortNodes(nodes, sort).filter((node) => matches(wanted, searchText(node)));
  const table = nodeTable(shown, canvas);
  return {
    title: listTitle("nodes", { shown: shown.length, all: nodes.length }, filter, sort),
    aside: stateCounts(nodes, nodeStatesByTrouble, nodeTones),
    headings: table.headings,
    keys: shown.map((node) => objectId("Node", node.name)),
    scrolls: "list",
    lineAt: (index, now) => {
      const node = shown[index];
      return node === undefined ? blank : table.lineOf(node, now);
    },
    empty:
      nodes.length === 0
        ? ["No nodes yet. A document `kind: Node` adds one."]
        : ["No node matches the filter."],
  };
}

function searchText(node: NodeReport): string {
  return `${node.name} ${node.state} ${node.reason.code} ${node.maintenance ? "maintenance" : ""} ${node.stale ? "stale" : ""}`;
}
