/**
 * Released steps: whether they are still wanted. A step is kept while looking at the VM anew would lead to the same
 * doing; else it is cancelled, and what becomes of it is seen afterwards (docs/behaviour.md).
 */
import { isOverWithBoot } from "../model/boot.ts";
import type { ReleasedStep } from "../model/journal.ts";
import type { NodeName } from "../model/names.ts";
import { isFinal, nodesOf, type Step, type StepOf } from "../model/step.ts";
import { type Reason, reason } from "../model/reasons.ts";
import { assign, fixedChoice } from "./assign.ts";
import { decideNeed, orphan } from "./decide.ts";
import { movesLive } from "./held-back.ts";
import { whyUnhealthy } from "./node-facts.ts";
import type { Outcome, Wanting } from "./outcome.ts";
import { isAskedFor, whyNotRecovered } from "./start.ts";
import { whyNotUsable } from "./usable.ts";
import type { VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

/** What is thought of a released step now. */
export type Verdict =
  | { readonly is: "kept" }
  | { readonly is: "unwanted"; readonly why: Reason }
  /**
   * A shutdown for want of a place: it is unwanted once there is one, which is seen when it is the VM's turn to choose.
   * Were it let choose first, it would be called off for a place that another VM is to get, and be released again.
   */
  | { readonly is: "waiting"; readonly wanting: Wanting };

export type SettledVerdict = Exclude<Verdict, { readonly is: "waiting" }>;

const kept = { is: "kept" } as const;

/** Whether the released step is still wanted. `facts.released` is set. */
export function reconsider(
  world: World,
  facts: VmFacts,
  released: ReleasedStep,
  crowded: Reason | null,
): Verdict {
  const { step } = released;
  const hasEnded = [...released.progress.values()].some(isFinal);
  if (step.kind === "stop" && (hasEnded || facts.condition.is === "off")) {
    keepPlace(world, facts, crowded);
    return kept;
  }
  if (hasEnded || released.cancel) return kept;
  if (step.kind === "stop") return reconsiderStop(world, facts, released, crowded);
  const why = whyUnwanted(world, facts, step, released, crowded);
  return why === null ? kept : { is: "unwanted", why };
}

/**
 * What comes next is decided once it is written down, or seen, what became of the VM. Until then its place is kept in the
 * ledger: else another VM sets out for it, and the two chase each other for ever.
 */
export function keepPlace(world: World, facts: VmFacts, crowded: Reason | null): void {
  decideAnew(world, facts, crowded);
}

function whyUnwanted(
  world: World,
  facts: VmFacts,
  step: Exclude<Step, { readonly kind: "stop" }>,
  released: ReleasedStep,
  crowded: Reason | null,
): Reason | null {
  const { progress } = released;
  const state = facts.document?.state ?? "orphaned";
  switch (step.kind) {
    case "start":
      // Once claimed it counts as a running VM: it is let through, and stopped afterwards where that is wanted.
      if (progress.size > 0) return null;
      if (facts.condition.is === "duplicate") return facts.condition.why;
      if (state !== "running") return reason("stop-wanted", { state });
      return whySilent(world, step.node) ?? whyNoTakeover(world, facts, released);
    case "restart":
      return state === "running" ? null : reason("stop-wanted", { state });
    case "migrate":
      return whyMigrationUnwanted(world, facts, step, progress, crowded);
    case "destroy":
      if (facts.document?.protect === true) return reason("protected");
      return state === "absent" ? null : reason("destroy-unwanted");
    case "update":
    case "rename":
    case "adopt":
      return null;
  }
}

/** A node that is gone before it claimed anything: the step can go elsewhere. */
function whySilent(world: World, name: NodeName): Reason | null {
  const node = world.nodes.get(name);
  return node === undefined ? reason("node-undefined", { node: name }) : whyUnhealthy(node);
}

/** Maintenance that came since: what nobody has begun is not taken over, unless somebody asked for this very start. */
function whyNoTakeover(world: World, facts: VmFacts, { step, before }: ReleasedStep): Reason | null {
  const { document: vm, placement } = facts;
  if (vm === null || before === undefined || isAskedFor(step.reason)) return null;
  return whyNotRecovered(world, { ...facts, placement: { ...placement, ...before } }, vm, null);
}

function reconsiderStop(
  world: World,
  facts: VmFacts,
  released: ReleasedStep,
  crowded: Reason | null,
): Verdict {
  const { document: vm, condition } = facts;
  if (condition.is === "duplicate") return kept;
  const now = vm === null ? orphan : decideNeed(world, anew(facts), vm, crowded);
  if (now.kind === "wanting" && vm !== null && movesLive(world, facts, vm)) {
    return { is: "waiting", wanting: now.wanting };
  }
  return judgeStop(released, now.kind === "wanting" ? assign(world, now.wanting) : now);
}

/** A cut under way does what any stop is for; a shutdown does as long as it is waited for in the same way. */
function isAsGood(released: Step, now: Step): boolean {
  if (released.kind !== "stop" || now.kind !== "stop") return false;
  if (released.method === "cut") return true;
  return now.method !== "cut" && now.timeoutMs === released.timeoutMs && now.then === released.then;
}

/** A stop goes on while a stop of the same or a weaker kind would be planned now. */
export function judgeStop(released: ReleasedStep, now: Outcome): SettledVerdict {
  switch (now.kind) {
    case "settled":
      return { is: "unwanted", why: now.why };
    case "record":
      return { is: "unwanted", why: now.record.reason };
    case "step": {
      const { step } = now.planned;
      return isAsGood(released.step, step) ? kept : { is: "unwanted", why: step.reason };
    }
    case "blocked":
    case "wanting":
      return kept;
  }
}

/** A migration goes on while the VM still has to leave, or its target is still its fixed place, and can take it. */
function whyMigrationUnwanted(
  world: World,
  facts: VmFacts,
  step: StepOf<"migrate">,
  progress: ReleasedStep["progress"],
  crowded: Reason | null,
): Reason | null {
  const vm = facts.document;
  // What its dead end cannot tell, the other one can: it lets go, unless it holds the VM already.
  const dead = nodesOf(step).find((node) => world.nodes.get(node)?.health === "dead");
  if (dead !== undefined) return reason("node-fenced", { node: dead });
  const over = nodesOf(step).find((node) =>
    isOverWithBoot(step, progress.get(node) ?? null, world.nodes.get(node)?.observed ?? null),
  );
  if (over !== undefined) return reason("node-rebooted", { node: over });
  if (vm === null || facts.condition.is === "off" || facts.condition.is === "duplicate") return null;
  const now = decideNeed(world, anew(facts), vm, crowded);
  if (now.kind === "settled") return now.why;
  if (now.kind === "step") return now.planned.step.reason;
  if (now.kind === "record") return now.record.reason;
  if (now.kind === "blocked") return null;
  const closed = whyNotUsable(world, vm, step.to);
  if (closed !== null) return closed;
  return sameTarget(world, now.wanting, step) ? null : reason("asked-by-node", { node: step.to });
}

function sameTarget(world: World, wanting: Wanting, step: StepOf<"migrate">): boolean {
  const vm = wanting.facts.document;
  if (vm === null) return false;
  const fixed = fixedChoice(world, vm, wanting);
  if (fixed !== null && fixed.node !== wanting.from) return fixed.node === step.to;
  return wanting.mustLeave !== null;
}

function decideAnew(world: World, facts: VmFacts, crowded: Reason | null): Outcome {
  const { document } = facts;
  const outcome = document === null ? orphan : decideNeed(world, anew(facts), document, crowded);
  return outcome.kind === "wanting" ? assign(world, outcome.wanting) : outcome;
}

/**
 * The VM as if nothing had been released for it. Of unknown whereabouts it is taken to run where the step found it: what
 * an agent is asked to end must have been written down by the time it is back.
 */
function anew(facts: VmFacts): VmFacts {
  const { condition, placement } = facts;
  const { node } = condition.is === "unknown" ? condition : { node: null };
  return {
    ...facts,
    released: null,
    placement: { ...placement, moving: null },
    condition: node === null ? condition : { is: "running", node, domain: null },
  };
}
