/** Shutting a dead node out of the images of its VMs: once before its recovery, then again until it has worked. */
import type { FenceProven } from "../../model/fence.ts";
import { describeReason, reason } from "../../model/reasons.ts";
import { change, type Next, type NodeCase, rest, run } from "./case.ts";

const againEveryMs = 60_000;

export function isReleased({ unreleased = {} }: Pick<FenceProven, "unreleased">): boolean {
  return Object.keys(unreleased).length === 0;
}

/** It was not tried yet. */
export function isYetToRelease({ unreleased = {} }: FenceProven): boolean {
  return Object.values(unreleased).some(({ code }) => code === "images-being-released");
}

/** What is to be written of it, or begun: nothing, where it is under way or not due. */
export function release(it: NodeCase, proven: FenceProven): Next {
  const { node, releasing } = it;
  const { unreleased = {} } = proven;
  if (isReleased(proven)) return rest();
  const key = `${proven.incident.id}/release`;
  if (releasing?.key !== key) return run("release", key);
  const { outcome, endedAt } = releasing;
  if (outcome === null) return rest();
  const left = Object.entries(unreleased).flatMap(([vm, before]) => {
    const why = outcome.get(vm);
    if (why === undefined) return [[vm, before] as const];
    return why === null ? [] : [[vm, reason("images-not-released", { node, vm, why })] as const];
  });
  const [first] = left.filter(([vm, why]) => describeReason(why) !== describeReason(unreleased[vm] ?? why));
  const isNews = first !== undefined || left.length < Object.keys(unreleased).length;
  const told = first === undefined ? null : ({ level: "warning", reason: first[1] } as const);
  if (isNews) return change(it, proven, { unreleased: Object.fromEntries(left) }, told);
  const dueInMs = endedAt + againEveryMs - it.monotonic;
  return dueInMs > 0 ? rest(dueInMs) : run("release", key);
}
