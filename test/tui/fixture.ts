/** Reports with everything filled in, of which tests say only what matters to them. */
import type {
  ChangeReport,
  ClusterReport,
  EventReport,
  NodeReport,
  PlanReport,
  ReasonReport,
  SourceReport,
  StepProgressReport,
  VmReport,
} from "../../reconciler/model/report.ts";
import { changeWords } from "../../reconciler/model/report.ts";

// Times on screen are in the user's zone; the golden frames are in this one.
process.env["TZ"] = "UTC";

/** 2026-11-21 04:30:00 UTC. */
export const now = Date.UTC(2026, 10, 21, 4, 30, 0);
export const GiB = 1024 ** 3;

export function reasonReport(code: string, text: string, advice: string | null = null): ReasonReport {
  return { code, text, advice };
}

export function vmReport(name: string, given: Partial<VmReport> = {}): VmReport {
  const node = given.node === undefined ? "hv1" : given.node;
  return {
    kind: "VM",
    name,
    state: "running",
    node,
    home: node,
    displaced: null,
    held: null,
    reason: reasonReport("at-home", `it runs at home, on ${node ?? "no node"}`),
    epoch: 1,
    memoryBytes: 2 * GiB,
    cpus: 2,
    limits: null,
    selector: "mem",
    selectorIsDefault: true,
    autorestart: true,
    priority: "normal",
    tags: [],
    networks: [{ name: "servers", defined: true }],
    step: null,
    stale: false,
    source: { file: "vms.yaml", line: 3 },
    ...given,
  };
}

export function nodeReport(name: string, given: Partial<NodeReport> = {}): NodeReport {
  return {
    kind: "Node",
    name,
    state: "ready",
    reason: reasonReport("node-ready", "alive, takes VMs"),
    alive: true,
    fenced: false,
    maintenance: false,
    vms: [],
    memoryBytes: 64 * GiB,
    memoryGuestBytes: 16 * GiB,
    memoryFreeBytes: 40 * GiB,
    cpus: 16,
    vcpus: 6,
    load: 0.4,
    readAt: now - 1000,
    flush: null,
    stale: false,
    source: { file: "nodes.yaml", line: 1 },
    ...given,
  };
}

export function changeReport(
  object: ChangeReport["object"],
  given: Partial<ChangeReport> = {},
): ChangeReport {
  return {
    object,
    word: "update",
    impact: "none",
    target: null,
    fields: [],
    steps: [],
    reason: reasonReport("changed-live", "its document changed"),
    source: { file: "vms.yaml", line: 3 },
    ...given,
  };
}

export function planReport(changes: readonly ChangeReport[], given: Partial<PlanReport> = {}): PlanReport {
  const countOf = (word: string) => changes.filter((change) => change.word === word).length;
  return {
    formatVersion: 1,
    cluster: "lab",
    generation: 42,
    changes,
    blocked: [],
    drift: [],
    warnings: [],
    summary: summaryOf(countOf),
    hasChanges: changes.length > 0,
    undo: null,
    ...given,
  };
}

export function sourceReport(pending: PlanReport | null, given: Partial<SourceReport> = {}): SourceReport {
  return {
    id: "r1",
    host: "hv1",
    directory: "cluster.d",
    status: "ok",
    at: now - 5000,
    digest: "d1",
    pending,
    problems: [],
    ...given,
  };
}

export function stepReport(given: Partial<StepProgressReport> = {}): StepProgressReport {
  return {
    kind: "migrate",
    text: "migrate db1 from hv2 to hv3",
    phase: "running",
    percent: 42,
    detail: "860 of 2048 MiB",
    since: now - 14_000,
    ...given,
  };
}

export function eventReport(object: EventReport["object"], given: Partial<EventReport> = {}): EventReport {
  return {
    number: 1,
    at: now - 60_000,
    writer: "leader",
    object,
    level: "note",
    code: "started",
    text: "started on hv1",
    ...given,
  };
}

export function clusterReport(given: Partial<ClusterReport> = {}): ClusterReport {
  return {
    cluster: "lab",
    generation: 42,
    appliedAt: now - 2 * 3_600_000,
    appliedBy: "root",
    mode: "plan",
    maintenance: { on: false, reason: null, until: null, doubt: false, ending: false },
    nodesInMaintenance: {},
    frozen: null,
    leader: "hv1",
    revision: 1000,
    nodes: [nodeReport("hv1"), nodeReport("hv2")],
    vms: [vmReport("web1"), vmReport("web2", { node: "hv2" })],
    blocked: [],
    drift: [],
    requests: [],
    spare: null,
    source: sourceReport(planReport([])),
    events: [],
    ...given,
  };
}

function summaryOf(countOf: (word: string) => number): PlanReport["summary"] {
  const counts = {
    create: 0,
    update: 0,
    start: 0,
    stop: 0,
    restart: 0,
    migrate: 0,
    destroy: 0,
    orphan: 0,
    adopt: 0,
    remove: 0,
  };
  for (const word of changeWords) counts[word] = countOf(word);
  return counts;
}
