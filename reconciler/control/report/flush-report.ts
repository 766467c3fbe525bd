/** How far the flush of a node is: counted from the records as they stand, so that anybody who looks sees the same. */
import type { ReleasedStep } from "../../model/journal.ts";
import { byName, type NodeName, type VmName } from "../../model/names.ts";
import type { Plan } from "../../model/plan.ts";
import type { Placement } from "../../model/placement.ts";
import type { Reason } from "../../model/reasons.ts";
import type { FlushReport } from "../../model/report.ts";
import type { ActiveDomain } from "../../plan/vm-facts.ts";
import type { ClusterState } from "../cluster-state.ts";
import { reportReason } from "./reasons.ts";

/** null: it is not being flushed, or is empty already. */
export function reportFlush(state: ClusterState, planned: Plan, node: NodeName): FlushReport | null {
  if (planned.nodes.get(node)?.state !== "flushing") return null;
  const there = domainsOn(state, node);
  const names = new Set(there.map(({ vm }) => vm));
  let done = 0;
  for (const [vm, { placement }] of state.placements) {
    // Between two nodes: gone here, and not yet reported there.
    if (placement.moving !== null && placement.node === node) names.add(vm);
    if (!names.has(vm) && hasLeft(placement, node)) done += 1;
  }
  return {
    done,
    total: done + names.size,
    remainingMs: remainingMs(there, state.released(), node),
    blockers: planned.blocked
      .filter(({ object, reason }) => object.kind === "VM" && names.has(object.name) && !passes(reason))
      .map(({ object, reason }) => ({ vm: object.name, reason: reportReason(reason) }))
      .sort((a, b) => byName(a.vm, b.vm)),
  };
}

function hasLeft({ home, node, displaced, held }: Placement, flushed: NodeName): boolean {
  if (held !== null) return held.by === "flush" && held.node === flushed;
  return home === flushed && displaced === "flush" && node !== flushed;
}

/** What is over in a moment, without anybody's doing. */
function passes({ code }: Reason): boolean {
  return code === "back-off" || code === "agent-catching-up" || code === "waiting-for-agents";
}

/** A copy that is still paused is not there yet. */
function domainsOn(state: ClusterState, node: NodeName): readonly ActiveDomain[] {
  const domains = [...(state.nodes.get(node)?.domains.values() ?? [])];
  return domains.filter((domain) => domain.state !== "off").filter(({ state: is }) => is !== "incoming");
}

/** What is left to be copied, at the speed of what is being copied now. null: nothing tells. */
function remainingMs(
  there: readonly ActiveDomain[],
  released: ReadonlyMap<VmName, ReleasedStep>,
  node: NodeName,
): number | null {
  let bytesLeft = 0;
  let bytesPerMs = 0;
  for (const { vm, live } of there) {
    const { share, elapsedMs } = copied(released.get(vm), node);
    bytesLeft += live.memoryBytes * (1 - share);
    if (elapsedMs > 0) bytesPerMs += (live.memoryBytes * share) / elapsedMs;
  }
  return bytesPerMs === 0 ? null : Math.round(bytesLeft / bytesPerMs);
}

function copied(
  released: ReleasedStep | undefined,
  node: NodeName,
): { readonly share: number; readonly elapsedMs: number } {
  const progress = released?.progress.get(node);
  if (released?.step.kind !== "migrate" || progress?.phase !== "running") return { share: 0, elapsedMs: 0 };
  // Told seconds ago: the speed is of then.
  return { share: (progress.percent ?? 0) / 100, elapsedMs: progress.at - progress.since };
}
