/**
 * What holds once a cluster is at rest, worked out from the documents and from what really runs, and not by asking the
 * planner: each VM is as it is wanted, or something stands in its way that does not go away by itself.
 */
import type { Desired, Vm } from "../../reconciler/model/desired.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import type { ReasonCode } from "../../reconciler/model/reasons.ts";
import type { ClusterReport, NodeReport, VmReport } from "../../reconciler/model/report.ts";
import type { Violation } from "./log.ts";

export type Finding = Pick<Violation, "law" | "text">;

/** Words for what is about to change: nothing rests for such a reason. */
const passing: ReadonlySet<string> = new Set<ReasonCode>([
  "agent-catching-up",
  "back-off",
  "crashed",
  "document-changed",
  "first-start",
  "leaves-flushed-node",
  "node-returning",
  "released",
  "restart-requested",
  "retry-requested",
  "returns-home",
  "step-in-flight",
  "stop-wanted",
  "waiting-for-agents",
  "waiting-for-bound",
  "waiting-for-room",
  "waiting-for-source",
]);

/** What keeps a VM off that is wanted running, wherever there is room: people have to do something about it. */
const keptOff: ReadonlySet<string> = new Set<ReasonCode>([
  "agent-down",
  "crash-loop",
  "duplicate",
  "ended-by-guest",
  "migrating-hand-over",
  "recovery-in-maintenance",
  "restart-policy-never",
  "stray",
  "unknown",
  "unsupported",
  "uuid-taken",
  "volume-in-use",
  "volume-missing",
]);

export function findAtRest(
  desired: Desired,
  report: ClusterReport,
  running: ReadonlyMap<VmName, NodeName>,
): readonly Finding[] {
  const nodes = new Map(report.nodes.map((node) => [node.name, node]));
  const scene = { desired, nodes, running };
  // A step that rests waits for an agent that is away; what comes of its VM is not known before that is back.
  const vms = report.vms.filter(({ step }) => step === null);
  return [
    ...[...vms, ...report.nodes]
      .filter(({ reason }) => passing.has(reason.code))
      .map(({ kind, name, reason }) => explained(`${kind}/${name} rests, and its reason is ${reason.code}`)),
    ...vms.flatMap((vm) => findOne(scene, vm)),
  ];
}

interface Scene {
  readonly desired: Desired;
  readonly nodes: ReadonlyMap<NodeName, NodeReport>;
  /** What really runs, and where. */
  readonly running: ReadonlyMap<VmName, NodeName>;
}

function findOne(scene: Scene, report: VmReport): readonly Finding[] {
  const document = scene.desired.vms.get(report.name);
  // What is not known is nobody's to judge; neither is an orphan.
  if (document === undefined || report.state === "unknown" || report.reason.code === "agent-down") return [];
  const at = scene.running.get(report.name) ?? null;
  const found: Finding[] = [];
  const isShown = report.state === "running" ? report.node : null;
  if (isShown !== at) {
    found.push(explained(`${report.name} is shown ${report.state}, and it runs on ${at ?? "no node"}`));
  }
  if (document.state === "running") found.push(...findWanted(scene, document, report, at));
  else if (document.state !== "absent" && at !== null && report.reason.code !== "shutdown-timed-out") {
    found.push(explained(`${report.name} is wanted ${document.state}, and it runs: ${report.reason.text}`));
  }
  return found;
}

function findWanted(
  scene: Scene,
  vm: Vm,
  { home, reason, held }: VmReport,
  at: NodeName | null,
): readonly Finding[] {
  const usable = [...scene.desired.nodes.keys()].filter((node) => node === at || isUsable(scene, vm, node));
  if (at === null) {
    const waitsForRelease = held !== null && !vm.autorestart;
    if (usable.length === 0 || waitsForRelease || keptOff.has(reason.code)) return [];
    return [belongs(`${vm.name} is off (${reason.code}), and ${usable.join(", ")} could take it`)];
  }
  const place = [vm.migrate, home].find((node) => node !== null && usable.includes(node)) ?? null;
  const tried = reason.code === "migration-failed" || reason.code === "shutdown-timed-out";
  if (place !== null && place !== at && !tried)
    return [belongs(`${vm.name} rests on ${at} (${reason.code}), and belongs on ${place}`)];
  // Of a group that is crowded on a node one stays, and is not to blame; who has to leave says that it cannot.
  const stays = mayStay(scene, vm, at) && reason.code !== "no-target";
  if (stays || tried || usable.every((node) => node === at)) return [];
  return [belongs(`${vm.name} stays on ${at} (${reason.code}), and ${usable.join(", ")} could take it`)];
}

function isUsable(scene: Scene, vm: Vm, node: NodeName): boolean {
  const { desired, nodes } = scene;
  const document = desired.nodes.get(node);
  const report = nodes.get(node);
  if (document === undefined || report === undefined) return false;
  const isOpen = document.state === "ready" && !document.maintenance.on && report.state === "ready";
  return isOpen && isWithinLimits(vm, node) && isApart(scene, vm, node) && fits(scene, vm, report);
}

function mayStay({ desired }: Scene, vm: Vm, node: NodeName): boolean {
  return desired.nodes.get(node)?.state !== "flushed" && isWithinLimits(vm, node);
}

export function isWithinLimits(vm: Vm, node: NodeName): boolean {
  return vm.limits === null || vm.limits.includes(node);
}

function isApart({ desired, running }: Scene, vm: Vm, node: NodeName): boolean {
  return [...running].every(([name, at]) => {
    const other = desired.vms.get(name);
    return at !== node || name === vm.name || other === undefined || mayShare(vm, other);
  });
}

export function mayShare(one: Vm, other: Vm): boolean {
  return one.apart.every((group) => !other.apart.includes(group));
}

/** With a megabyte to spare: how a part of the memory is rounded is not the question here. */
function fits({ desired }: Scene, vm: Vm, node: NodeReport): boolean {
  const total = node.memoryBytes ?? 0;
  const { memory } = desired.cluster.reserve;
  const reserve = memory.kind === "bytes" ? memory.bytes : total * memory.ratio;
  const hasLocalDisk = vm.disks.some(
    (disk) => disk.source === "file" || desired.pools.get(disk.pool)?.shared !== true,
  );
  return (
    !hasLocalDisk &&
    vm.cpus <= (node.cpus ?? 0) &&
    total - reserve - node.memoryGuestBytes >= vm.memoryBytes + 2 ** 20
  );
}

function explained(text: string): Finding {
  return { law: "explained", text };
}

function belongs(text: string): Finding {
  return { law: "belongs", text };
}
