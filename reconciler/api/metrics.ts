/**
 * What Prometheus collects, in its text format: gauges of what is known now, counters of what happened since this
 * process began to look, and what the leader tells of itself.
 */
import type { RoundsRecord } from "../control/rounds.ts";
import { nodeStates, vmStates } from "../model/states.ts";
import type { ClusterReport, NodeReport } from "../model/report.ts";
import type { Counted, Counts } from "./counters.ts";
import type { ClusterReads, Look } from "./ports.ts";

export const metricsType = "text/plain; version=0.0.4; charset=utf-8";

export interface Measured {
  readonly reads: ClusterReads;
  readonly now: number;
  readonly version: string;
  /** Of the store's files. */
  readonly bytes: number | null;
}

interface Metric {
  readonly name: string;
  readonly help: string;
  readonly type: "gauge" | "counter" | "histogram";
  readonly samples: readonly Sample[];
}

interface Sample {
  /** Of the metric's name: a histogram is several. */
  readonly suffix?: "_bucket" | "_sum" | "_count";
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Where the cluster is not known, that alone is said: what was true once is no measurement. */
export function metricsText({ reads, now, version, bytes }: Measured): string {
  const problem = reads.problem();
  const known =
    problem === null
      ? [
          ...clusterMetrics(reads.look(), now),
          ...storeMetrics(bytes),
          ...counterMetrics(reads.counts()),
          ...roundMetrics(reads.rounds()),
        ]
      : [];
  return [
    gauge("keel_build_info", "The version that answers.", [{ labels: { version }, value: 1 }]),
    gauge("keel_store_up", "Whether the cluster is known as it is now.", [{ value: yes(problem === null) }]),
    ...known,
  ]
    .map(lines)
    .join("");
}

function clusterMetrics({ report }: Look, now: number): readonly Metric[] {
  return [
    ...vmMetrics(report),
    ...nodeMetrics(report.nodes, now),
    ...intentMetrics(report),
    gauge("keel_maintenance_enabled", "Whether nothing is fenced and taken over.", [
      { value: yes(report.maintenance.on) },
    ]),
    gauge(
      "keel_maintenance_until_timestamp_seconds",
      "When maintenance ends by itself; absent where it does not.",
      report.maintenance.until === null ? [] : [{ value: report.maintenance.until / 1000 }],
    ),
    gauge("keel_store_frozen", "Whether the store was set back, and waits for somebody's word.", [
      { value: yes(report.frozen !== null) },
    ]),
    gauge("keel_leader", "Whether a reconciler leads.", [{ value: yes(report.leader !== null) }]),
  ];
}

function vmMetrics({ vms }: ClusterReport): readonly Metric[] {
  return [
    gauge(
      "keel_vm_state",
      "1 for the state that the VM is in; node is empty where it has none.",
      vms.map(({ name, node, state }) => ({ labels: { vm: name, node: node ?? "", state }, value: 1 })),
    ),
    gauge("keel_vms", "VMs in each state.", countsOf(vmStates, vms)),
    gauge(
      "keel_vm_memory_bytes",
      "What the VM was given.",
      vms.map(({ name, memoryBytes }) => ({ labels: { vm: name }, value: memoryBytes })),
    ),
  ];
}

function nodeMetrics(nodes: readonly NodeReport[], now: number): readonly Metric[] {
  const of = (value: (node: NodeReport) => number | null): readonly Sample[] =>
    nodes.flatMap((node) => {
      const measured = value(node);
      return measured === null ? [] : [{ labels: { node: node.name }, value: measured }];
    });
  return [
    gauge(
      "keel_node_state",
      "1 for the state that the node is in.",
      nodes.map(({ name, state }) => ({ labels: { node: name, state }, value: 1 })),
    ),
    gauge("keel_nodes", "Nodes in each state.", countsOf(nodeStates, nodes)),
    gauge(
      "keel_node_alive",
      "Whether its lease is there.",
      of(({ alive }) => yes(alive)),
    ),
    gauge(
      "keel_node_report_age_seconds",
      "Since its agent last told anything new.",
      of(({ readAt }) => (readAt === null ? null : Math.max(0, now - readAt) / 1000)),
    ),
    gauge(
      "keel_node_memory_bytes",
      "All of its memory.",
      of(({ memoryBytes }) => memoryBytes),
    ),
    gauge(
      "keel_node_memory_free_bytes",
      "What is left of it.",
      of(({ memoryFreeBytes }) => memoryFreeBytes),
    ),
    gauge(
      "keel_node_load",
      "Its load over one minute.",
      of(({ load }) => load),
    ),
  ];
}

function intentMetrics({ drift, blocked, source, generation, appliedAt }: ClusterReport): readonly Metric[] {
  const pending = source?.pending?.changes ?? [];
  const steps = Map.groupBy(pending, ({ impact }) => impact);
  return [
    gauge(
      "keel_drift_objects",
      "Objects that are otherwise than written, by how.",
      [...Map.groupBy(drift, ({ kind }) => kind)].map(([kind, all]) => ({
        labels: { class: kind },
        value: new Set(all.map(({ object }) => object)).size,
      })),
    ),
    gauge("keel_blocked_objects", "Objects that something is not done to.", [{ value: blocked.length }]),
    gauge(
      "keel_plan_pending_steps",
      "What edits that wait for an apply would do, by what guests notice of it.",
      [...steps].map(([impact, all]) => ({
        labels: { impact },
        value: all.reduce((sum, change) => sum + change.steps.length, 0),
      })),
    ),
    gauge(
      "keel_source_valid",
      "Whether the folder that is watched can be applied; absent where none is.",
      source === null ? [] : [{ value: yes(source.status === "ok" || source.status === "stale") }],
    ),
    gauge("keel_generation", "How often something was applied.", [{ value: generation }]),
    gauge(
      "keel_source_revision_timestamp_seconds",
      "When what is in force was applied.",
      appliedAt === null ? [] : [{ value: appliedAt / 1000 }],
    ),
  ];
}

function storeMetrics(bytes: number | null): readonly Metric[] {
  return bytes === null
    ? []
    : [gauge("keel_store_db_size_bytes", "What the store's files take.", [{ value: bytes }])];
}

function counterMetrics({ restarts, fenceAttempts }: Counts): readonly Metric[] {
  return [
    counter("keel_vm_restarts_total", "Guests begun anew where they ended, by why.", restarts),
    counter(
      "keel_fence_attempts_total",
      "Rounds of fencing that are over, by what came of them.",
      fenceAttempts,
    ),
  ];
}

/** As the record has them: each bound counts what is below it, too. */
function roundMetrics(told: RoundsRecord | null): readonly Metric[] {
  if (told === null) return [];
  const { within, rounds, seconds } = told;
  const bucket = (le: string, value: number): Sample => ({ suffix: "_bucket", labels: { le }, value });
  return [
    {
      name: "keel_reconcile_duration_seconds",
      help: "Rounds of the leader since it leads: looking, planning, writing.",
      type: "histogram",
      samples: [
        ...within.map((bound) => bucket(String(bound.seconds), bound.rounds)),
        bucket("+Inf", rounds),
        { suffix: "_sum", value: seconds },
        { suffix: "_count", value: rounds },
      ],
    },
  ];
}

function gauge(name: string, help: string, samples: readonly Sample[]): Metric {
  return { name, help, type: "gauge", samples };
}

function counter(name: string, help: string, counted: readonly Counted[]): Metric {
  const samples = counted.map(({ labels, count }) => ({ labels, value: count }));
  return { name, help, type: "counter", samples };
}

function yes(isSo: boolean): number {
  return isSo ? 1 : 0;
}

function countsOf(states: readonly string[], rows: readonly { readonly state: string }[]): readonly Sample[] {
  return states.map((state) => ({
    labels: { state },
    value: rows.filter((row) => row.state === state).length,
  }));
}

function lines({ name, help, type, samples }: Metric): string {
  const head = `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
  const line = ({ suffix, labels = {}, value }: Sample) =>
    `${name}${suffix ?? ""}${inBraces(labels)} ${value}\n`;
  return head + samples.map(line).join("");
}

function inBraces(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
