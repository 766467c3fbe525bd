import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { byName } from "../../../reconciler/model/names.ts";
import { reasonTable } from "../../../reconciler/model/reasons.ts";
import type { PlanInput } from "../../../reconciler/plan/input.ts";
import { plan } from "../../../reconciler/plan/plan.ts";
import { arbitraryCluster } from "../../support/plan/arbitrary-cluster.ts";
import { GiB, ModelCluster, node, vm } from "../../support/plan/model-cluster.ts";

const runs = { numRuns: Number(process.env["KEEL_PROPERTY_RUNS"] ?? 150) };
const reserve = 0.05;

/** What must hold at every point on the way: no step ever breaks a limit, a group or a node's memory. */
function assertSafe(cluster: ModelCluster, brought: string): void {
  const { desired } = cluster;
  const document = desired.vms.get(brought);
  const at = cluster.placements.get(brought)?.placement.node ?? "";
  const domains = [...(cluster.domains.get(at)?.values() ?? [])].filter((d) => d.state !== "off");
  const memory = domains.reduce((sum, d) => sum + d.live.memoryBytes, 0);
  const total = (cluster.machines.get(at)?.memoryGiB ?? 16) * GiB;
  assert.ok(memory <= total - Math.ceil(total * reserve), `${at} has room for ${brought}`);
  assert.ok(document?.limits?.includes(at) ?? true, `${brought} stays within its limits`);
  assert.equal(cluster.whereabouts(brought).length, 1, `${brought} runs once`);
  const groups = new Set(document?.apart);
  const neighbours = domains.filter(
    (d) => d.vm !== brought && desired.vms.get(d.vm)?.apart.some((g) => groups.has(g)),
  );
  assert.deepEqual(
    neighbours.map((d) => d.vm),
    [],
    `${brought} is apart from its group`,
  );
}

describe("every plan", () => {
  it("leads, step by step, to a cluster with nothing left to plan, safely at every point", () => {
    fc.assert(
      fc.property(arbitraryCluster(40), ({ before, after, machines }) => {
        const cluster = new ModelCluster(before, machines);
        const watch = ({ step }: { step: { kind: string; vm: string } }) => {
          if (step.kind === "start" || step.kind === "migrate") assertSafe(cluster, step.vm);
        };
        cluster.converge(watch, 500);
        for (const document of after) cluster.put(document);
        cluster.converge(watch, 500);
        const left = cluster.plan();
        assert.deepEqual(
          left.steps.filter((s) => s.waits === null).map((s) => s.step.id),
          [],
        );
        assert.deepEqual(left.records, []);
      }),
      runs,
    );
  });

  it("says for each VM and node why, in words from the list", () => {
    fc.assert(
      fc.property(arbitraryCluster(30), ({ before, after, machines }) => {
        const cluster = new ModelCluster(before, machines);
        cluster.converge();
        for (const document of after) cluster.put(document);
        const planned = cluster.plan();
        assert.equal(planned.vms.size, cluster.desired.vms.size);
        assert.equal(planned.nodes.size, cluster.desired.nodes.size);
        const reasons = [
          ...[...planned.vms.values(), ...planned.nodes.values()].map((view) => view.reason),
          ...planned.steps.map(({ step }) => step.reason),
          ...planned.blocked.map((b) => b.reason),
        ];
        for (const { code } of reasons) assert.ok(code in reasonTable);
        for (const { document, view } of wanted(cluster, planned.vms)) {
          const acted = planned.steps.some(({ step }) => step.vm === document);
          const explained = planned.blocked.some((b) => b.object.name === document) || view.state === "held";
          assert.ok(view.state === "running" || acted || explained, `${document} is not left off in silence`);
        }
      }),
      runs,
    );
  });

  it("is the same for the same input, whatever the order of its maps", () => {
    fc.assert(
      fc.property(
        arbitraryCluster(30),
        fc.infiniteStream(fc.nat()),
        ({ before, after, machines }, stream) => {
          const cluster = new ModelCluster(before, machines);
          cluster.converge();
          for (const document of after) cluster.put(document);
          const input = cluster.input();
          assert.deepEqual(plan(shuffled(input, () => Number(stream.next().value))), plan(input));
        },
      ),
      runs,
    );
  });

  it("names each step once and lets it wait only for steps of the same plan", () => {
    fc.assert(
      fc.property(arbitraryCluster(30), ({ before, after, machines }) => {
        const cluster = new ModelCluster(before, machines);
        cluster.converge();
        for (const document of after) cluster.put(document);
        const { steps } = cluster.plan();
        const ids = new Set(steps.map(({ step }) => step.id));
        assert.equal(ids.size, steps.length);
        for (const { after: former, waits } of steps) {
          for (const id of former) assert.ok(ids.has(id));
          if (former.length > 0) assert.notEqual(waits, null);
        }
      }),
      runs,
    );
  });

  it("holds for hundreds of VMs", () => {
    const names = Array.from({ length: 10 }, (_, i) => `hv${String(i)}`);
    const vms = Array.from({ length: 400 }, (_, i) =>
      vm(`v${String(i)}`, { memory: "512MiB", apart: [`g${String(i % 70)}`] }),
    );
    const cluster = new ModelCluster(
      [...names.map((name) => node(name)), ...vms],
      Object.fromEntries(names.map((n) => [n, { memoryGiB: 64 }])),
    );
    cluster.converge();
    cluster.edit("Node/hv0", { state: "flushed" });
    const moved = cluster.converge(({ step }) => {
      assertSafe(cluster, step.vm);
    });
    assert.ok(moved.length > 0);
    assert.equal(cluster.plan().nodes.get("hv0")?.state, "flushed");
  });
});

function wanted(cluster: ModelCluster, views: ReturnType<typeof plan>["vms"]) {
  return [...cluster.desired.vms.values()]
    .filter((v) => v.state === "running")
    .map((v) => ({ document: v.name, view: views.get(v.name) }))
    .filter((e): e is { document: string; view: NonNullable<typeof e.view> } => e.view !== undefined);
}

/** The same values in maps of another order. */
function shuffled(input: PlanInput, random: () => number): PlanInput {
  const mix = <K, V>(map: ReadonlyMap<K, V>): Map<K, V> =>
    new Map(
      [...map]
        .map((entry) => [random(), entry] as const)
        .sort(([a], [b]) => a - b)
        .map(([, entry]) => entry),
    );
  return {
    ...input,
    desired: { ...input.desired, nodes: mix(input.desired.nodes), vms: mix(input.desired.vms) },
    placements: mix(input.placements),
    observed: mix(new Map([...input.observed].map(([name, n]) => [name, { ...n, domains: mix(n.domains) }]))),
    journal: {
      ...input.journal,
      volumes: mix(input.journal.volumes),
      requests: [...input.journal.requests].sort((a, b) => byName(b.id, a.id)),
    },
  };
}
