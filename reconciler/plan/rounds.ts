/**
 * Planning in rounds. The first round is what may be done now. What it leads to is predicted, and the next round plans
 * what becomes possible then: the start after a shutdown, the VM that fits once another has left. So a plan shows the
 * whole way, while the loop releases only the first round and plans anew when something has happened.
 */
import type { ReleasedStep } from "../model/journal.ts";
import type { Cancellation, PlannedRecord, PlannedStep } from "../model/plan.ts";
import type { NodeName, VmName } from "../model/names.ts";
import { type Reason, reason } from "../model/reasons.ts";
import type { Progress, Step } from "../model/step.ts";
import { assign, fixedChoice } from "./assign.ts";
import { byPriority, crowded } from "./crowd.ts";
import { decide } from "./decide.ts";
import { judgeStop, keepPlace, reconsider, type SettledVerdict } from "./in-flight.ts";
import { withIntent } from "./intent.ts";
import { type Outcome, plannedRecord, type Wanting, withPlacement } from "./outcome.ts";
import { predictReleased } from "./predict.ts";
import type { VmFacts } from "./vm-facts.ts";
import { withVms, type World } from "./world.ts";

/** A bound on look-ahead; what is still in the way after that is planned when the loop gets there. */
const roundsMax = 8;

export interface Rounds {
  readonly steps: readonly PlannedStep[];
  readonly records: readonly PlannedRecord[];
  readonly cancels: readonly Cancellation[];
  /** By VM; of the last round in which it was looked at. */
  readonly blocked: ReadonlyMap<VmName, Reason>;
  /** Why each VM that nothing is done to is as it is. */
  readonly settled: ReadonlyMap<VmName, Reason>;
  readonly wakeAt: number | null;
  /** Why each VM that will be held by then is held. */
  readonly holds: ReadonlyMap<VmName, Reason>;
  /** Everything as it will be after the last round. */
  readonly end: World;
}

export interface LookAhead {
  /** The VMs to look at; left out, all of them. */
  readonly pending?: Iterable<VmFacts>;
  readonly rounds?: number;
}

/** Enters what it decides into the ledger of `start`. */
export function planRounds(start: World, ahead: LookAhead = {}): Rounds {
  const plan = new Draft(start);
  let pending = ahead.pending ?? start.vms.values();
  for (let round = 0; round < (ahead.rounds ?? roundsMax); round += 1) {
    const { changed, retry } = planRound(plan.end, pending, plan, round);
    if (changed.size === 0) break;
    const { vms } = (plan.end = withVms(plan.end, changed));
    pending = [...retry, ...changed.keys()].map((name) => vms.get(name)).filter((f) => f !== undefined);
  }
  return plan;
}

/** What is gathered over the rounds. */
class Draft implements Rounds {
  readonly steps: PlannedStep[] = [];
  readonly records: PlannedRecord[] = [];
  readonly cancels: Cancellation[] = [];
  readonly blocked = new Map<VmName, Reason>();
  readonly settled = new Map<VmName, Reason>();
  readonly holds = new Map<VmName, Reason>();
  /** Steps, of this plan or released, that make room on a node. */
  readonly departures = new Map<NodeName, Step[]>();
  readonly last = new Map<VmName, Step>();
  wakeAt: number | null = null;
  end: World;

  constructor(start: World) {
    this.end = start;
  }

  depart(step: Step): void {
    if (step.kind !== "stop" && step.kind !== "migrate") return;
    const steps = this.departures.get(step.node) ?? [];
    steps.push(step);
    this.departures.set(step.node, steps);
  }

  wake(at: number | null): void {
    if (at !== null) this.wakeAt = Math.min(this.wakeAt ?? at, at);
  }
}

interface RoundResult {
  /** VMs as they will be after this round. */
  readonly changed: Map<VmName, VmFacts>;
  /** Blocked for want of room or distance: they are looked at again once something has changed. */
  readonly retry: VmName[];
}

function planRound(world: World, pending: Iterable<VmFacts>, plan: Draft, round: number): RoundResult {
  const result: RoundResult = { changed: new Map(), retry: [] };
  const choosing: Choosing[] = [];
  const leaving = crowded(world);
  for (const facts of pending) {
    const leaves = leaving.get(facts.name) ?? null;
    const chooses =
      facts.released === null
        ? lookAtIdle(world, facts, leaves, plan, result, round)
        : lookAtBusy(world, { facts, released: facts.released }, leaves, plan, result);
    if (chooses !== null) choosing.push(chooses);
  }
  for (const { wanting, stopping } of inOrderOfChoice(world, choosing)) {
    if (stopping === null) enter(wanting.facts, assignAndKeep(world, wanting), plan, result, round);
    else enterReleased(stopping, judgeStop(stopping.released, assign(world, wanting)), plan, result);
  }
  free(world, result.changed);
  return result;
}

/** A VM that a place is to be found for. */
interface Choosing {
  readonly wanting: Wanting;
  /** Its shutdown is under way, for want of a place. */
  readonly stopping: Busy | null;
}

/** A VM with a released step. */
interface Busy {
  readonly facts: VmFacts;
  readonly released: ReleasedStep;
}

function lookAtIdle(
  world: World,
  facts: VmFacts,
  leaves: Reason | null,
  plan: Draft,
  result: RoundResult,
  round: number,
): Choosing | null {
  if (isBeingLookedAt(facts)) keepPlace(world, facts, leaves);
  const outcome = decide(world, facts, leaves);
  if (outcome.kind === "wanting") return { wanting: outcome.wanting, stopping: null };
  enter(facts, outcome, plan, result, round);
  return null;
}

/** Only whether its step is still wanted is asked. */
function lookAtBusy(
  world: World,
  busy: Busy,
  leaves: Reason | null,
  plan: Draft,
  result: RoundResult,
): Choosing | null {
  const verdict = reconsider(world, busy.facts, busy.released, leaves);
  writeIntent(world, busy, plan);
  if (verdict.is === "waiting") return { wanting: verdict.wanting, stopping: busy };
  enterReleased(busy, verdict, plan, result);
  return null;
}

/** A home that was edited is written down at once, whatever is being done to the VM. */
function writeIntent(world: World, { facts, released }: Busy, plan: Draft): void {
  const { name, document, placement } = facts;
  const next = document === null ? placement : withIntent(world.nodes, facts, document);
  if (next !== placement) plan.records.push(plannedRecord(name, next, released.step.reason));
}

/** Its agent is about to tell what became of it. */
function isBeingLookedAt({ condition }: VmFacts): boolean {
  return condition.is === "unknown" && condition.why.code === "agent-catching-up";
}

function assignAndKeep(world: World, wanting: Wanting): Outcome {
  const { facts } = wanting;
  return withPlacement(
    assign(world, wanting),
    facts,
    world.vms.get(facts.name)?.placement ?? facts.placement,
  );
}

/** VMs with a usable fixed place first, then priority, then name (docs/behaviour.md). */
function inOrderOfChoice(world: World, choosing: readonly Choosing[]): Choosing[] {
  const ranked = choosing.map((each) => {
    const vm = each.wanting.facts.document;
    return { each, vm, fixed: vm !== null && fixedChoice(world, vm, each.wanting) !== null };
  });
  ranked.sort((a, b) => {
    if (a.vm === null || b.vm === null) return 0;
    return Number(b.fixed) - Number(a.fixed) || byPriority(a.vm, b.vm);
  });
  return ranked.map(({ each }) => each);
}

/** The end of its step is predicted. */
function enterReleased(
  { facts, released }: Busy,
  verdict: SettledVerdict,
  plan: Draft,
  result: RoundResult,
): void {
  const isUnwanted = verdict.is === "unwanted";
  if (isUnwanted) plan.cancels.push({ released, reason: verdict.why });
  plan.depart(released.step);
  plan.last.set(facts.name, released.step);
  const isOff = isUnwanted || hasCome(released, "cancelled") || hasCome(released, "failed");
  result.changed.set(facts.name, predictReleased(facts, released.step, isOff));
}

/** What the node that carries it out has told of its end. */
function hasCome({ step, progress }: ReleasedStep, phase: Progress["phase"]): boolean {
  return progress.get(step.node)?.phase === phase;
}

function enter(facts: VmFacts, outcome: Outcome, plan: Draft, result: RoundResult, round: number): void {
  switch (outcome.kind) {
    case "settled":
      if (!plan.last.has(facts.name)) plan.settled.set(facts.name, outcome.why);
      plan.blocked.delete(facts.name);
      return;
    case "blocked":
      plan.blocked.set(facts.name, outcome.why);
      plan.wake(outcome.wakeAt);
      if (outcome.retry) result.retry.push(facts.name);
      if (outcome.placement !== undefined && round === 0)
        plan.records.push(plannedRecord(facts.name, outcome.placement, outcome.why));
      return;
    case "record":
      // A record of a later round rests on a prediction: it is made when the loop gets there.
      if (round === 0) {
        plan.records.push(outcome.record);
        plan.settled.set(facts.name, outcome.record.reason);
      }
      if (outcome.record.placement?.held != null) plan.holds.set(facts.name, outcome.record.reason);
      plan.blocked.delete(facts.name);
      result.changed.set(facts.name, outcome.next);
      return;
    case "step":
      plan.blocked.delete(facts.name);
      enterStep(outcome.planned, plan, round);
      result.changed.set(facts.name, outcome.next);
      return;
    case "wanting":
      throw new TypeError("a wanting VM is assigned before it is entered");
  }
}

function enterStep(planned: PlannedStep, plan: Draft, round: number): void {
  const ordered = round === 0 ? planned : afterWhatMakesRoom(planned, plan, round);
  plan.steps.push(ordered);
  plan.last.set(ordered.step.vm, ordered.step);
  plan.depart(ordered.step);
}

/** A step of a later round waits for its VM's former step, and for those that leave the node it goes to. */
function afterWhatMakesRoom(planned: PlannedStep, plan: Draft, round: number): PlannedStep {
  const former = plan.last.get(planned.step.vm);
  const target = planned.step.kind === "migrate" ? planned.step.to : planned.step.node;
  const departures = (plan.departures.get(target) ?? []).filter((s) => s.vm !== planned.step.vm);
  const after = new Set([...(former === undefined ? [] : [former.id]), ...departures.map((s) => s.id)]);
  const first = departures[0];
  const waits =
    former !== undefined || first === undefined
      ? reason("waiting-for-source", { node: former?.node ?? planned.step.node })
      : reason("waiting-for-room", { other: first.vm, node: target });
  const id = `${planned.step.id}.${String(round)}`;
  return { ...planned, step: { ...planned.step, id }, after: [...after], waits };
}

/**
 * What left its node owns nothing there any more, from the next round on. What was shut down to be started elsewhere
 * owns nothing at all: its place is chosen once it is off.
 */
function free(world: World, changed: ReadonlyMap<VmName, VmFacts>): void {
  for (const [name, { condition }] of changed) {
    if (condition.is === "off") world.ledger.releaseAll(name);
    if (condition.is !== "running") continue;
    const former = world.vms.get(name);
    for (const node of [
      former?.placement.node,
      former?.condition.is === "running" ? former.condition.node : null,
    ]) {
      if (node !== null && node !== undefined && node !== condition.node) world.ledger.release(node, name);
    }
  }
}
