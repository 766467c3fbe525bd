import { type Document, node, vm } from "../test/support/plan/model-cluster.ts";

/** A mix as it is found in the field: a few limits, groups and priorities, every selector. */
export function documents(vms: number, nodes: number): Document[] {
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

/** Room for all of it, and for the loss of a node. */
export function machines(nodes: number, vms: number) {
  const memoryGiB = Math.ceil((vms / nodes) * 2.5);
  return Object.fromEntries(
    Array.from({ length: nodes }, (_, i) => [`hv${String(i)}`, { memoryGiB, cpus: 64, load: i % 9 }]),
  );
}
