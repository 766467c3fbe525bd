/** Generated clusters for property tests: any mix of nodes, limits, groups, selectors, states and edits. */
import fc from "fast-check";
import { type Document, type Machine, ModelCluster, node, sharedPool, vm } from "./model-cluster.ts";

export interface GeneratedCluster {
  readonly documents: readonly Document[];
  readonly machines: Readonly<Record<string, Machine>>;
}

const selectors = ["mem", "memprov", "vcpus", "load", "vms"];

function arbitraryVm(name: string, nodes: readonly string[]): fc.Arbitrary<Document> {
  const limits = fc.subarray([...nodes], { minLength: 1 });
  return fc
    .record({
      limits: fc.option(limits, { freq: 2, nil: undefined }),
      memory: fc.constantFrom("512MiB", "1GiB", "2GiB", "4GiB", "7GiB"),
      cpus: fc.integer({ min: 1, max: 4 }),
      selector: fc.option(fc.constantFrom(...selectors), { nil: undefined }),
      apart: fc.option(fc.constantFrom(["db"], ["web"], ["db", "web"]), { freq: 4, nil: undefined }),
      priority: fc.constantFrom("high", "normal", "low"),
      state: fc.oneof(
        { weight: 8, arbitrary: fc.constant("running") },
        fc.constantFrom("stopped", "disabled", "poweroff"),
      ),
      autorestart: fc.boolean(),
      disk: fc.option(fc.constant("1GiB"), { nil: undefined }),
      method: fc.constantFrom("auto", "live", "shutdown"),
      homeAt: fc.option(fc.nat(), { nil: undefined }),
      migrateAt: fc.option(fc.nat(), { freq: 6, nil: undefined }),
    })
    .map(({ method, homeAt, migrateAt, ...fields }) => {
      const allowed = fields.limits ?? nodes;
      const pick = (at: number | undefined) => (at === undefined ? undefined : allowed[at % allowed.length]);
      const whole = { ...fields, migration: { method }, node: pick(homeAt), migrate: pick(migrateAt) };
      return vm(name, Object.fromEntries(Object.entries(whole).filter(([, value]) => value !== undefined)));
    });
}

function arbitraryDocuments(nodes: readonly string[], vms: number): fc.Arbitrary<Document[]> {
  const states = fc.oneof(
    { weight: 5, arbitrary: fc.constant("ready") },
    fc.constantFrom("cordoned", "flushed"),
  );
  return fc
    .tuple(
      fc.tuple(...nodes.map((name) => states.map((state) => node(name, { state })))),
      fc.tuple(...Array.from({ length: vms }, (_, i) => arbitraryVm(`vm${String(i)}`, nodes))),
    )
    .map(([nodeDocuments, vmDocuments]) => [...nodeDocuments, sharedPool, ...vmDocuments]);
}

/** The cluster as it is applied first, and the documents that it is edited to. */
export function arbitraryCluster(vmsMax: number) {
  return fc
    .tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: vmsMax }))
    .chain(([nodeCount, vmCount]) => {
      const nodes = Array.from({ length: nodeCount }, (_, i) => `hv${String(i + 1)}`);
      const machines = fc.tuple(
        ...nodes.map((name) =>
          fc
            .record({
              memoryGiB: fc.integer({ min: 4, max: 64 }),
              cpus: fc.integer({ min: 2, max: 16 }),
              load: fc.integer({ min: 0, max: 9 }),
            })
            .map((machine) => [name, machine] as const),
        ),
      );
      return fc.record({
        before: arbitraryDocuments(nodes, vmCount),
        after: arbitraryDocuments(nodes, vmCount),
        machines: machines.map((entries) => Object.fromEntries(entries)),
      });
    });
}

/** The generated cluster as it stands once its first documents have been applied. */
export function settled(
  before: readonly Document[],
  machines: Readonly<Record<string, Machine>>,
): ModelCluster {
  const cluster = new ModelCluster(before, machines);
  cluster.converge();
  return cluster;
}
