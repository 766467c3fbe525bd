/** What-if: one node flushed or lost, the loss of each node in turn, and how many losses are survived. */
import { eachLoss, toleranceOf } from "../reconciler/plan/losses.ts";
import { whatIf } from "../reconciler/plan/what-if.ts";
import { readWorld } from "../reconciler/plan/world.ts";
import { ModelCluster } from "../test/support/plan/model-cluster.ts";
import { documents, machines } from "./generated-cluster.ts";
import type { Report } from "./report.ts";

export const name = "what-if";

const sizes = [
  { vms: 100, nodes: 10 },
  { vms: 1_000, nodes: 32 },
  { vms: 2_000, nodes: 50 },
  { vms: 10_000, nodes: 100 },
] as const;

export async function run(report: Report): Promise<void> {
  for (const { vms, nodes } of sizes) {
    const cluster = new ModelCluster(documents(vms, nodes), machines(nodes, vms));
    cluster.converge(undefined, 10);
    const input = cluster.input();
    const none = { lost: new Set<string>(), flushed: new Set<string>(), added: [] };
    const size = `${String(vms)} VMs on ${String(nodes)} nodes`;
    const hv0 = new Set(["hv0"]);
    await report.time(`flush of a node, ${size}`, () => whatIf(input, { ...none, flushed: hv0 }));
    await report.time(`loss of a node, ${size}`, () => whatIf(input, { ...none, lost: hv0 }));
    const world = readWorld(input);
    await report.time(`loss of each node, ${size}`, () => [...eachLoss(world)]);
    const single = [...eachLoss(world)];
    await report.time(`losses survived, ${size}`, () => toleranceOf(world, single));
  }
}
