/** What one plan costs: a cluster placed from nothing, one at rest, one node flushed. */
import { plan } from "../reconciler/plan/plan.ts";
import { ModelCluster, node, vm, type Document } from "../test/support/plan/model-cluster.ts";
import type { Report } from "./report.ts";

export const name = "planner";

const sizes = [
  { vms: 100, nodes: 10 },
  { vms: 1_000, nodes: 32 },
  { vms: 10_000, nodes: 100 },
] as const;

export async function run(report: Report): Promise<void> {
  for (const situation of ["cold start", "nothing to do", "one node flushed"] as const) {
    for (const { vms, nodes } of sizes) {
      const input = inputFor(situation, vms, nodes);
      await report.time(`${situation}, ${String(vms)} VMs on ${String(nodes)} nodes`, () => plan(input));
    }
  }
}

function inputFor(situation: string, vms: number, nodes: number) {
  const cluster = new ModelCluster(documents(vms, nodes), machines(nodes, vms));
  if (situation !== "cold start") cluster.converge(undefined, 10);
  if (situation === "one node flushed") cluster.edit("Node/hv0", { state: "flushed" });
  return cluster.input();
}

/** A mix as it is found in the field: a few limits, groups and priorities, every selector. */
function documents(vms: number, nodes: number): Document[] {
  const selectors = ["mem", "memprov", "vcpus", "vms", "load"];
  const nodeNames = Array.from({ length: nodes }, (_, i) => `hv${String(i)}`);
  return [
    ...nodeNames.map((each) => node(each)),
    ...Array.from({ length: vms }, (_, i) =>
      vm(`vm${String(i)}`, {
        memory: ["512MiB", "1GiB", "2GiB"][i % 3],
        selector: selectors[i % selectors.length],
        priority: i % 20 === 0 ? "high" : "normal",
        ...(i % 5 === 0 ? { limits: [0, 1, 2, 3].map((k) => nodeNames[(i + k * 7) % nodes]) } : {}),
        ...(i % 10 === 0 ? { apart: [`group${String(i % 500)}`] } : {}),
      }),
    ),
  ];
}

function machines(nodes: number, vms: number) {
  const memoryGiB = Math.ceil((vms / nodes) * 2.5);
  return Object.fromEntries(
    Array.from({ length: nodes }, (_, i) => [`hv${String(i)}`, { memoryGiB, cpus: 64, load: i % 9 }]),
  );
}
