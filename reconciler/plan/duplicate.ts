/**
 * A VM that is active where it is not placed. Nothing is done about it by itself, with one exception: a node that was
 * proven dead and lives on in the same boot, because a person was wrong. What was recovered meanwhile has moved on to a
 * later epoch, so the older copy is cut at once, also of a VM that has no document any more; what nobody started is still
 * the VM, and is taken back. What has no record at all was destroyed meanwhile: it is cut as well.
 */
import type { NodeName } from "../model/names.ts";
import type { Placement } from "../model/placement.ts";
import { reason } from "../model/reasons.ts";
import { heldBackCut } from "./held-back.ts";
import { wasNotDead } from "./node-facts.ts";
import { blocked, off, type Outcome, plannedRecord, record } from "./outcome.ts";
import { cutStep } from "./steps.ts";
import type { Condition, Stranger, VmFacts } from "./vm-facts.ts";
import type { World } from "./world.ts";

type Duplicate = Extract<Condition, { readonly is: "duplicate" }>;

export function decideDuplicate(world: World, facts: VmFacts, condition: Duplicate): Outcome {
  const stranger = condition.strangers.find(({ node }) => isOnUndead(world, node));
  if (stranger === undefined) return blocked(condition.why);
  const { placement, name } = facts;
  const outdated = reason("copy-is-outdated", { node: stranger.node });
  // With an epoch above all that it had, it can be told from what will be.
  if (placement.epoch === 0) return record(facts, { ...placement, epoch: stranger.epoch + 1 }, outdated);
  const isSpent = isSpentCopy(placement, stranger);
  if (isSpent || isOutdated(facts, stranger)) {
    const held = heldBackCut(world, facts);
    if (held !== null) return blocked(held.why, held.until);
    const meant = {
      ...(isSpent ? { copy: stranger.epoch } : {}),
      ...(stranger.domain === name ? {} : { domain: stranger.domain }),
    };
    return { kind: "step", planned: cutStep(facts, stranger.node, outdated, meant), next: without(facts) };
  }
  if (placement.node !== null || condition.strangers.length > 1) return blocked(condition.why);
  return takeBack(facts, stranger) ?? blocked(condition.why);
}

/** Nobody started it anywhere since, so what runs there is the VM. null: nothing leads from its name to what it is now. */
function takeBack(
  { name, document, placement, ...facts }: VmFacts,
  { node, domain }: Stranger,
): Outcome | null {
  const why = reason("runs", { node });
  const taken = { ...placement, node, held: null };
  const next = { ...facts, name, document, placement: taken };
  if (domain === name) return { kind: "record", record: plannedRecord(name, taken, why), next };
  if (document?.renamedFrom !== domain) return null;
  // Its record goes by the former name again, and it is renamed once more, as any VM that runs.
  return { kind: "record", record: { ...plannedRecord(domain, taken, why), replaces: name }, next };
}

/** The VM, as the planner foresees it once that is gone. */
function without(facts: VmFacts): VmFacts {
  const { node } = facts.placement;
  return node === null ? off(facts) : { ...facts, condition: { is: "running", node, domain: null } };
}

/** The copy of a migration that ended otherwise while it was away: its source kept the VM, or that started anew. */
function isSpentCopy({ epoch, spent = 0 }: Placement, stranger: Stranger): boolean {
  return stranger.isCopy && stranger.epoch > epoch && stranger.epoch <= spent;
}

/** Or of a VM that was destroyed meanwhile, and whose name another one has now. */
function isOutdated({ placement, identity, revision }: VmFacts, { epoch, uuid }: Stranger): boolean {
  const isOther = uuid !== null && identity !== null && uuid !== identity.uuid;
  return epoch < placement.epoch || (isOther && revision > 0);
}

function isOnUndead(world: World, name: NodeName): boolean {
  const node = world.nodes.get(name);
  return node !== undefined && wasNotDead(node);
}
