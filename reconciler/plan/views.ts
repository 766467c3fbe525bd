/** The state of each VM and node in words, each with its reason. */
import { byName, type NodeName, type VmName } from "../model/names.ts";
import type { ReleasedStep } from "../model/journal.ts";
import type { NodeView, PlannedStep, VmView } from "../model/plan.ts";
import { describeReason, type Reason, reason } from "../model/reasons.ts";
import { type NodeState, type VmState, vmStates } from "../model/states.ts";
import { nodesOf, type Step } from "../model/step.ts";
import { unreachable } from "../model/unreachable.ts";
import { formerNames, formerOf } from "./lineage.ts";
import { missedBy } from "./missed.ts";
import { type Health, type NodeFacts, whyFenced, whyUnhealthy } from "./node-facts.ts";
import type { Rounds } from "./rounds.ts";
import type { Condition, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

export function viewVms(world: World, rounds: Rounds): ReadonlyMap<VmName, VmView> {
  const planned = new Map<VmName, PlannedStep>();
  for (const step of rounds.steps) {
    if (!planned.has(step.step.vm)) planned.set(step.step.vm, step);
  }
  const views = new Map<VmName, VmView>();
  const formers = formerNames(world.vms);
  for (const known of world.vms.values()) {
    if (formers.has(known.name)) continue;
    const { name } = known;
    const former = formerOf(world.vms, known);
    // What is recorded of one that is being renamed is under its former name.
    const facts = former === null ? known : { ...former, name, document: known.document };
    const why = whyVm(world, facts, rounds, planned.get(name));
    const node = facts.condition.is === "running" ? facts.condition.node : facts.placement.node;
    const recordedAs = former?.name ?? name;
    const runs = facts.condition.is === "running";
    views.set(name, { name, recordedAs, state: vmState(facts, why), node, runs, reason: why });
  }
  return views;
}

function whyVm(world: World, facts: VmFacts, rounds: Rounds, planned: PlannedStep | undefined): Reason {
  const { condition } = facts;
  if (condition.is === "unknown") {
    return isAsLastSeen(condition) ? condition.why : whyUnknown(condition);
  }
  if (condition.is === "duplicate") return condition.why;
  if (facts.released !== null) return whyWaits(world, facts.released) ?? facts.released.step.reason;
  const blocked = rounds.blocked.get(facts.name);
  if (blocked !== undefined) return blocked;
  if (planned !== undefined) return planned.step.reason;
  return rounds.settled.get(facts.name) ?? reason("orphaned");
}

/** A step that waits for the word of a node that says nothing; null: it goes on. */
function whyWaits({ nodes }: World, released: ReleasedStep): Reason | null {
  const [silent] = missedBy(released, nodes);
  return silent === undefined ? null : whyUnhealthy(silent);
}

/** Its node lives and only the agent, or what it reads, is gone: then what was seen last is as good as told. */
function isAsLastSeen(condition: Extract<Condition, { readonly is: "unknown" }>): boolean {
  return condition.why.code === "agent-down" || condition.why.code === "hypervisor-silent";
}

function whyUnknown({ node, why }: Extract<Condition, { readonly is: "unknown" }>): Reason {
  return reason("unknown", { node, why: describeReason(why) });
}

/** Of all that fit, the later in the list counts. */
function vmState(facts: VmFacts, why: Reason): VmState {
  const fitting = fittingStates(facts, why);
  return vmStates.findLast((state) => fitting.has(state)) ?? "unknown";
}

function fittingStates(facts: VmFacts, why: Reason): ReadonlySet<VmState> {
  const states = new Set<VmState>();
  const { condition, document, placement, released } = facts;
  const off = document?.state === "disabled" ? "disabled" : "stopped";
  switch (condition.is) {
    case "running":
      states.add("running");
      break;
    case "off":
      states.add(off);
      break;
    case "unknown": {
      const ran = condition.lastSeen !== null && condition.lastSeen.state !== "off";
      const asLastSeen = ran ? "running" : off;
      states.add(isAsLastSeen(condition) ? asLastSeen : "unknown");
      break;
    }
    case "duplicate":
      states.add("unknown");
      break;
    default:
      unreachable(condition);
  }
  if (released !== null) states.add(busyState(released));
  if (placement.held !== null) states.add("held");
  if (why.code === "crash-loop") states.add("crash-loop");
  if (
    condition.is === "off" &&
    document?.state === "running" &&
    (why.code === "restart-policy-never" || facts.tries?.failed?.kind === "start")
  ) {
    states.add("failed");
  }
  if (document === null) states.add("orphaned");
  return states;
}

function busyState({ step, progress }: ReleasedStep): VmState {
  switch (step.kind) {
    case "start":
    case "restart":
      return "starting";
    case "stop":
    case "destroy":
      return "stopping";
    case "migrate": {
      const source = progress.get(step.node)?.phase;
      // Once its source has kept it, it runs there, whatever the target has still to say.
      return source === "failed" || source === "cancelled" ? "running" : "migrating";
    }
    case "update":
    case "rename":
    case "adopt":
      return "running";
  }
}

export function viewNodes(world: World, rounds: Rounds): ReadonlyMap<NodeName, NodeView> {
  const present = new Map<NodeName, VmName[]>();
  const homecoming = new Map<NodeName, VmName[]>();
  for (const facts of world.vms.values()) {
    for (const node of nodesHolding(facts)) append(present, node, facts.name);
    const released = facts.released?.step;
    if (released !== undefined) noteHomecoming(facts, released, homecoming);
  }
  for (const { step } of rounds.steps) {
    const facts = world.vms.get(step.vm);
    if (facts !== undefined && facts.released === null) noteHomecoming(facts, step, homecoming);
  }
  const views = new Map<NodeName, NodeView>();
  for (const node of world.nodes.values()) {
    if (hasLeft(node, present.get(node.name) ?? [])) continue;
    const view = viewNode(node, present.get(node.name) ?? [], homecoming.get(node.name) ?? []);
    views.set(node.name, { name: node.name, ...view });
  }
  return views;
}

/** Where the VM is, may be, or is about to be. */
function nodesHolding(facts: VmFacts): readonly NodeName[] {
  if (facts.released !== null) return nodesOf(facts.released.step);
  if (facts.condition.is === "running" || facts.condition.is === "unknown") return [facts.condition.node];
  return [];
}

function noteHomecoming(facts: VmFacts, step: Step, homecoming: Map<NodeName, VmName[]>): void {
  const { displaced, home } = facts.placement;
  if (home === null || displaced === null || displaced === "migrate" || displaced === "start") return;
  const target = step.kind === "migrate" ? step.to : step.kind === "start" ? step.node : null;
  if (target === home) append(homecoming, home, facts.name);
}

function append(lists: Map<NodeName, VmName[]>, node: NodeName, vm: VmName): void {
  const list = lists.get(node);
  if (list === undefined) lists.set(node, [vm]);
  else if (!list.includes(vm)) list.push(vm);
}

function viewNode(
  node: NodeFacts,
  present: readonly VmName[],
  homecoming: readonly VmName[],
): { readonly state: NodeState; readonly reason: Reason } {
  const fenced = whyFenced(node);
  const unhealthy = whyUnhealthy(node);
  if (node.document === null) {
    const why = fenced ?? unhealthy ?? reason("node-leaving", { node: node.name });
    return { state: "leaving", reason: why };
  }
  if (fenced !== null) return { state: "fenced", reason: fenced };
  // A node whose agent is about to report is shown as what it is asked to be, with that reason.
  const state = stateOfHealth(node.health);
  if (unhealthy !== null && state !== null) return { state, reason: unhealthy };
  switch (node.document.state) {
    case "flushed":
      return isObservedEmpty(node) && present.length === 0
        ? { state: "flushed", reason: reason("node-is-flushed") }
        : { state: "flushing", reason: reason("node-flushing", { vms: named(node, present) }) };
    case "cordoned":
      return { state: "cordoned", reason: reason("node-is-cordoned") };
    case "ready":
      return homecoming.length > 0
        ? {
            state: "returning",
            reason: reason("node-returning", { vms: [...homecoming].sort(byName).join(", ") }),
          }
        : { state: "ready", reason: unhealthy ?? whyReady(node) };
  }
}

function whyReady({ name, isMaintained }: NodeFacts): Reason {
  return isMaintained ? reason("node-maintenance", { node: name }) : reason("node-ready");
}

/** Its document is gone, and nothing is there that it had to stay for, or nothing can be. */
function hasLeft(node: NodeFacts, present: readonly VmName[]): boolean {
  const isEmpty = isObservedEmpty(node) || node.health === "dead";
  return node.document === null && isEmpty && present.length === 0;
}

/** null: it is shown as what it is asked to be. */
function stateOfHealth(health: Health): NodeState | null {
  if (health === "ok" || health === "catching-up") return null;
  if (health === "unreadable") return "agent-down";
  return health === "dead" ? "fenced" : health;
}

/** Only its agent, in the node's current session, can say that nothing is there. */
function isObservedEmpty(node: NodeFacts): boolean {
  return node.health === "ok" && activeDomains(node).length === 0;
}

function activeDomains(node: NodeFacts): VmName[] {
  return [...(node.observed?.domains.values() ?? [])].filter((d) => d.state !== "off").map((d) => d.vm);
}

function named(node: NodeFacts, present: readonly VmName[]): string {
  const names = [...new Set([...present, ...activeDomains(node)])].sort(byName);
  return names.length === 0 ? "its agent has not looked yet" : names.join(", ");
}
