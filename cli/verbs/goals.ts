/** What the verbs bring about, as it is seen in the cluster. */
import { reportFlush } from "../../reconciler/control/report/flush-report.ts";
import { maintenanceInForce } from "../../reconciler/control/report/maintenance-report.ts";
import { reportReason } from "../../reconciler/control/report/reasons.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { NodeName, VmName } from "../../reconciler/model/names.ts";
import type { VmState } from "../../reconciler/model/states.ts";
import { span } from "../../tui/view/line.ts";
import type { Goal, GoalProgress, Look } from "../follow/goal.ts";
import { overrideOf } from "../maintenance-override.ts";
import { flushText } from "../output/flush-text.ts";

/** Its libvirt is seen to be empty. */
export function nodeIsFlushed(node: NodeName): Goal {
  return {
    what: `node/${node}`,
    wanted: "flushed",
    isReached: ({ plan }) => plan.nodes.get(node)?.state === "flushed",
    obstacles: (look) => {
      const flush = reportFlush(look.state, look.plan, node);
      if (flush === null) return whyNode(look, node);
      return flush.blockers.map(({ vm, reason }) => `vm/${vm}: ${reason.text}`);
    },
    progress: (look) => flushProgress(look, node),
    besides: (look) => heldFrom(look, node),
  };
}

/** It takes VMs, and those that had to leave are home. */
export function nodeIsReady(node: NodeName): Goal {
  return {
    what: `node/${node}`,
    wanted: "ready",
    isReached: ({ plan, state }) =>
      plan.nodes.get(node)?.state === "ready" && awayFrom(state, node).length === 0,
    obstacles: (look) => {
      const away = awayFrom(look.state, node);
      return look.plan.nodes.get(node)?.state === "ready" || away.length > 0
        ? away.flatMap((vm) => whyBlocked(look, vm))
        : whyNode(look, node);
    },
    progress: () => null,
  };
}

export function nodeIsCordoned(node: NodeName): Goal {
  return {
    what: `node/${node}`,
    wanted: "cordoned",
    isReached: ({ plan }) => plan.nodes.get(node)?.state === "cordoned",
    obstacles: (look) => whyNode(look, node),
    progress: () => null,
  };
}

/** Of the cluster (null) or of a node: the leader goes by it. */
export function maintenanceIs(node: NodeName | null, on: boolean): Goal {
  const flag = node === null ? "" : ` --node ${node}`;
  const overridden = ({ state }: Look): readonly string[] => {
    const override = on ? null : overrideOf(state, node);
    if (override === null) return [];
    const until = formatTime(override.expiresAt);
    return [
      `An override keeps it on until ${until}; \`keel maintenance off${flag} --override\` takes it back.`,
    ];
  };
  return {
    what: `maintenance of ${node === null ? "the cluster" : node}`,
    wanted: on ? "on" : "off",
    isReached: ({ state }) => {
      const { cluster, nodes } = maintenanceInForce(state);
      return (node === null ? cluster.on : nodes[node]?.on === true) === on;
    },
    obstacles: overridden,
    progress: () => null,
    besides: overridden,
  };
}

/** It is in this state, and nothing is being done to it. */
export function vmIs(vm: VmName, wanted: VmState): Goal {
  return {
    what: `vm/${vm}`,
    wanted,
    isReached: ({ plan, state }) => plan.vms.get(vm)?.state === wanted && !state.released().has(vm),
    obstacles: (look) => whyVm(look, vm),
    progress: () => null,
  };
}

/** It runs, in another run than that one. null: it did not run. */
export function vmIsRestarted(vm: VmName, former: string | null): Goal {
  const running = vmIs(vm, "running");
  return {
    ...running,
    wanted: "restarted",
    isReached: (look) => running.isReached(look) && runOf(look, vm) !== former,
  };
}

/** Where it runs, or is to start where it is off. null: at its home. */
export function vmIsAt(vm: VmName, node: NodeName | null): Goal {
  return {
    what: `vm/${vm}`,
    wanted: node === null ? "at home" : `on ${node}`,
    isReached: ({ plan, state }) => {
      const placement = state.placements.get(vm)?.placement ?? null;
      if (placement === null || state.desired.vms.get(vm)?.state !== "running") return true;
      return plan.vms.get(vm)?.node === (node ?? placement.home) && !state.released().has(vm);
    },
    obstacles: (look) => whyVm(look, vm),
    progress: () => null,
  };
}

/** The hypervisor's id of its run; null: it does not run. */
export function runOf({ state, plan }: Look, vm: VmName): string | null {
  const node = plan.vms.get(vm)?.node ?? null;
  const domain = node === null ? undefined : state.nodes.get(node)?.domains.get(vm);
  return domain === undefined || domain.state === "off" ? null : domain.domainId;
}

function flushProgress(look: Look, node: NodeName): GoalProgress | null {
  const flush = reportFlush(look.state, look.plan, node);
  if (flush === null) return null;
  const blocked = flush.blockers.map(({ vm }) => vm).join(", ");
  const line = [
    span(`node/${node}`, "title"),
    span(`: ${flushText(flush)}`),
    ...(blocked === "" ? [] : [span(`; blocked: ${blocked}`, "warn" as const)]),
  ];
  return { mark: `${node} ${flush.done}/${flush.total} ${blocked}`, line };
}

/** VMs that no node can take. */
function heldFrom({ state }: Look, node: NodeName): readonly string[] {
  return [...state.placements].flatMap(([vm, { placement }]) => {
    if (placement.held?.node !== node) return [];
    const isFree = state.desired.vms.get(vm)?.autorestart === true;
    const until = isFree
      ? "starts as soon as a node can take it"
      : `\`autorestart: false\`, so it waits for \`keel vm release ${vm}\``;
    return [`vm/${vm} is held: no node can take it; ${until}.`];
  });
}

/** VMs that had to leave it, and are not home again. */
function awayFrom(state: Look["state"], node: NodeName): readonly VmName[] {
  return [...state.placements].flatMap(([vm, { placement }]) => {
    const { home, displaced, held } = placement;
    const isAway = home === node && (displaced === "flush" || displaced === "fence");
    return isAway || held?.node === node ? [vm] : [];
  });
}

function whyNode({ plan }: Look, node: NodeName): readonly string[] {
  const view = plan.nodes.get(node);
  if (view === undefined) return [`there is no node/${node}`];
  // These pass by themselves.
  return ["ready", "flushing", "flushed", "returning", "cordoned"].includes(view.state)
    ? []
    : [reportReason(view.reason).text];
}

function whyBlocked({ plan }: Look, vm: VmName): readonly string[] {
  return plan.blocked
    .filter(({ object }) => object.kind === "VM" && object.name === vm)
    .map(({ reason }) => `vm/${vm}: ${reportReason(reason).text}`);
}

function whyVm(look: Look, vm: VmName): readonly string[] {
  const blocked = whyBlocked(look, vm);
  if (blocked.length > 0) return blocked;
  const view = look.plan.vms.get(vm);
  if (view === undefined) return [`there is no vm/${vm}`];
  const isStuck = ["held", "crash-loop", "failed", "unknown"].includes(view.state);
  return isStuck || view.reason.code === "ended-by-guest" ? [reportReason(view.reason).text] : [];
}
