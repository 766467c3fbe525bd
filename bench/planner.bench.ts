/** What one plan costs: a cluster placed from nothing, one at rest, one node flushed. */
import { plan } from "../reconciler/plan/plan.ts";
import { ModelCluster } from "../test/support/plan/model-cluster.ts";
import { documents, machines } from "./generated-cluster.ts";
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
