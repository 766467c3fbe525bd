/** Whether anything would be won by proving a node dead: fencing costs whatever still runs there. */
import { type FenceRecord, incidentId } from "../model/fence.ts";
import type { NodeName, VmName } from "../model/names.ts";
import { isFinal, nodesOf } from "../model/step.ts";
import type { PlanInput } from "./input.ts";
import { livedOn } from "./node-facts.ts";
import { plan } from "./plan.ts";
import { ownership } from "./vm-facts.ts";

/**
 * Some VM that is wanted running could start then and cannot now, or the node shares the ownership of one: a step that it
 * claimed and whose end it did not tell. Or a migration, in either direction, of any VM: the other end waits for it.
 */
export function isWorthFencing(input: PlanInput, node: NodeName): boolean {
  return sharesOwnership(input, node) || hasOutdated(input, node) || wouldStart(input, node);
}

/**
 * It lived on when it was taken for dead, and was not yet rid of what was started elsewhere, by whatever name, or was
 * destroyed.
 */
function hasOutdated(input: PlanInput, name: NodeName): boolean {
  const { journal, placements } = input;
  const node = input.observed.get(name);
  if (node === undefined || !livedOn({ fence: journal.fences.get(name) ?? null, observed: node }))
    return false;
  const ownerOf = ownership(input.placements, input.journal.identities);
  return [...node.domains.values()].some((domain) => {
    if (domain.state === "off") return false;
    const placed = placements.get(ownerOf(domain));
    const owner = placed?.placement.node ?? null;
    return placed === undefined || (owner !== null && owner !== name);
  });
}

function sharesOwnership({ desired, placements, journal }: PlanInput, node: NodeName): boolean {
  for (const { placement } of placements.values()) {
    const { moving } = placement;
    if (moving !== null && (placement.node === node || moving.to === node)) return true;
  }
  for (const { step, progress } of journal.steps.values()) {
    const told = progress.get(node) ?? null;
    const isWanted = desired.vms.get(step.vm)?.state === "running";
    if (isWanted && told !== null && !isFinal(told)) return true;
  }
  return false;
}

function wouldStart(input: PlanInput, node: NodeName): boolean {
  const policy = { ...input.policy, selectorsOpen: true, unsettled: new Set<NodeName>() };
  const now = starts({ ...input, policy });
  const id = incidentId(input.observed.get(node)?.seen ?? null);
  const fences = new Map(input.journal.fences).set(node, asIfProven(node, id));
  // What it had under way, claimed or not, will have ended with it.
  const steps = new Map([...input.journal.steps].filter(([, { step }]) => !nodesOf(step).includes(node)));
  const then = starts({ ...input, policy, journal: { ...input.journal, fences, steps } });
  return [...then].some((vm) => !now.has(vm));
}

/** What backs off starts as soon as that is over: it passes while the node is fenced. */
function starts(input: PlanInput): ReadonlySet<VmName> {
  const { steps, wakeAt } = plan(input);
  const later = wakeAt === null ? [] : plan({ ...input, now: wakeAt }).steps;
  return new Set([...steps, ...later].filter(({ step }) => step.kind === "start").map(({ step }) => step.vm));
}

function asIfProven(node: NodeName, id: string): FenceRecord {
  return {
    node,
    history: [],
    quarantine: null,
    phase: "proven",
    incident: { id, machineId: null, bootId: null, since: 0 },
    proof: { by: "bmc", at: 0, devices: [] },
    vms: [],
    powerOn: "no",
  };
}
