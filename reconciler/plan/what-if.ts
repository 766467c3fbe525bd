/**
 * What would become of every VM if a hypothesis came true, beside what will become of it anyway: two plans of the one
 * planner, compared. Pure; nothing is released, written or asked.
 */
import { byName, type NodeName, type VmName } from "../model/names.ts";
import { unplaced as nowhere } from "../model/placement.ts";
import type { PlannedStep } from "../model/plan.ts";
import type { Reason } from "../model/reasons.ts";
import { foresee, type Foresight, placeOf, whyThere } from "./foresee.ts";
import { type Hypothesis, suppose } from "./hypothesis.ts";
import type { PlanInput } from "./input.ts";
import { whyClosed } from "./node-facts.ts";
import type { Rounds } from "./rounds.ts";
import { readWorld, type World } from "./world.ts";

/**
 * live: migrated. shutdown: shut down here, started there. restart: it died with its node, and is started elsewhere.
 * start: it does not run now.
 */
export type MoveMethod = "live" | "shutdown" | "restart" | "start";

export interface Moved {
  readonly vm: VmName;
  /** Where it runs now; null: nowhere. */
  readonly from: NodeName | null;
  readonly to: NodeName;
  readonly method: MoveMethod;
  readonly why: Reason;
}

/**
 * A VM that the hypothesis leaves without a place. held: shut down, or dead, and started once something can take it.
 * off: it does not run and nothing is going to start it. stays: it is still taken to be on a node that was to be empty.
 */
export interface Unplaced {
  readonly vm: VmName;
  readonly from: NodeName | null;
  readonly ends: "held" | "off" | "stays";
  readonly why: Reason;
}

export interface Fill {
  readonly usedBytes: number;
  readonly vcpus: number;
  readonly vms: number;
}

export interface NodeFill {
  readonly node: NodeName;
  /** Why it takes nothing, afterwards; null: it does. */
  readonly closed: Reason | null;
  readonly totalBytes: number;
  readonly reserveBytes: number;
  /** Now, and when all is done. */
  readonly before: Fill;
  readonly after: Fill;
}

export interface WhatIf {
  /** In the order in which they are begun. */
  readonly moved: readonly Moved[];
  readonly unplaced: readonly Unplaced[];
  /** VMs that go on as they would anyway. */
  readonly untouched: number;
  readonly nodes: readonly NodeFill[];
  /** The steps that the hypothesis is answered with, in their order; of all VMs. */
  readonly steps: readonly PlannedStep[];
  /** What comes of it: what further losses are judged by. */
  readonly after: World;
}

export function whatIf(input: PlanInput, hypothesis: Hypothesis): WhatIf {
  const anyway = foresee(readWorld(input));
  const supposed = foresee(suppose(input, hypothesis));
  const { moved, unplaced } = compare(anyway, supposed, hypothesis);
  const { steps, end } = supposed.rounds;
  return {
    moved,
    unplaced,
    untouched: end.vms.size - moved.length - unplaced.length,
    nodes: fills(anyway.start, supposed),
    steps,
    after: end,
  };
}

/** What a hypothesis changes for the VMs that were looked at. */
export function compare(
  anyway: Foresight,
  supposed: Foresight,
  hypothesis: Pick<Hypothesis, "lost" | "flushed">,
): Pick<WhatIf, "moved" | "unplaced"> {
  const fates = new Fates(anyway, supposed, hypothesis);
  const moved: Moved[] = [];
  const unplaced: Unplaced[] = [];
  for (const { name } of supposed.pending) {
    const fate = fates.of(name);
    if (fate === null) continue;
    if ("to" in fate) moved.push(fate);
    else unplaced.push(fate);
  }
  moved.sort((a, b) => fates.turnOf(a.vm) - fates.turnOf(b.vm) || byName(a.vm, b.vm));
  unplaced.sort((a, b) => byName(a.vm, b.vm));
  return { moved, unplaced };
}

class Fates {
  readonly #anyway: Foresight;
  readonly #supposed: Foresight;
  readonly #hypothesis: Pick<Hypothesis, "lost" | "flushed">;
  /** The first step of each VM, and whether it is shut down on its way. */
  readonly #first = new Map<VmName, { readonly turn: number; readonly why: Reason }>();
  readonly #stops = new Set<VmName>();

  constructor(anyway: Foresight, supposed: Foresight, hypothesis: Pick<Hypothesis, "lost" | "flushed">) {
    this.#anyway = anyway;
    this.#supposed = supposed;
    this.#hypothesis = hypothesis;
    for (const [turn, { step }] of supposed.rounds.steps.entries()) {
      if (!this.#first.has(step.vm)) this.#first.set(step.vm, { turn, why: step.reason });
      if (step.kind === "stop") this.#stops.add(step.vm);
    }
  }

  /** VMs that are on their way already come first. */
  turnOf(name: VmName): number {
    return this.#first.get(name)?.turn ?? -1;
  }

  /** null: it ends as it would without the hypothesis. */
  of(name: VmName): Moved | Unplaced | null {
    const from = placeOf(this.#anyway.start, name);
    const end = this.#supposed.rounds.end;
    const to = placeOf(end, name);
    const isNew = !this.#anyway.start.vms.has(name);
    const concerned = isNew || (from !== null && this.#isConcerned(from));
    if (!concerned && to === placeOf(this.#anyway.rounds.end, name)) return null;
    if (to === null) return withoutPlace(this.#supposed.rounds, name, from);
    if (this.#isConcerned(to)) {
      return { vm: name, from, ends: "stays", why: whyThere(this.#supposed.rounds, name) };
    }
    // Found in its place: what the hypothesis keeps from moving does not move.
    if (to === from) return null;
    return { vm: name, from, to, method: this.#method(name, from), why: this.#why(name) };
  }

  #isConcerned(node: NodeName): boolean {
    return this.#hypothesis.lost.has(node) || this.#hypothesis.flushed.has(node);
  }

  #method(name: VmName, from: NodeName | null): MoveMethod {
    if (from === null) return "start";
    if (this.#hypothesis.lost.has(from)) return "restart";
    return this.#stops.has(name) ? "shutdown" : "live";
  }

  #why(name: VmName): Reason {
    return this.#first.get(name)?.why ?? whyThere(this.#supposed.rounds, name);
  }
}

/** How a VM that runs nowhere ends; null: that is how it is wanted. */
function withoutPlace(rounds: Rounds, name: VmName, from: NodeName | null): Unplaced | null {
  const { document, placement } = rounds.end.vms.get(name) ?? { document: null, placement: nowhere };
  const why = whyThere(rounds, name);
  if (document === null) return { vm: name, from, ends: "off", why };
  if (document.state !== "running") return null;
  return { vm: name, from, ends: placement.held !== null && !document.autorestart ? "off" : "held", why };
}

function fills(now: World, { start, rounds }: Foresight): NodeFill[] {
  return start.nodeNames.flatMap((name) => {
    const facts = start.nodes.get(name);
    if (facts === undefined) return [];
    const { totalBytes, reserveBytes } = facts;
    const [before, after] = [now.ledger.fill(name), rounds.end.ledger.fill(name)];
    return [{ node: name, closed: whyClosed(facts), totalBytes, reserveBytes, before, after }];
  });
}
