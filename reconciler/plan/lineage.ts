/** Names change, VMs do not: which record of an earlier name is the VM that a document means. */
import type { Vm } from "../model/desired.ts";
import type { VmName } from "../model/names.ts";
import type { VmFacts } from "./vm-facts.ts";

/**
 * What a VM that is being renamed goes by in the records; null: it is not being renamed. Where it was renamed again
 * before the name between had a record, that is the VM whose UUID it has: they are one, and never run beside each other.
 */
export function formerOf(
  vms: ReadonlyMap<VmName, VmFacts>,
  { document, revision, identity }: VmFacts,
): VmFacts | null {
  if (document === null || document.renamedFrom === null || revision > 0) return null;
  const named = vms.get(document.renamedFrom);
  if (named?.document === null && named.revision > 0) return named;
  const isSame = (other: VmFacts) =>
    other.document === null && other.revision > 0 && other.identity?.uuid === identity?.uuid;
  return identity === null ? null : ([...vms.values()].find(isSame) ?? null);
}

/** What is wanted of each VM, by every name that its records and its domain may go by now. */
export function documentsByRecord(vms: ReadonlyMap<VmName, VmFacts>): ReadonlyMap<VmName, Vm> {
  const documents = new Map<VmName, Vm>();
  for (const facts of vms.values()) {
    const { name, document } = facts;
    if (document === null) continue;
    documents.set(name, document);
    const former = formerNameOf(vms, facts);
    if (former !== null) documents.set(former, document);
  }
  return documents;
}

/** The names that VMs are about to lose: what goes by them is no orphan. */
export function formerNames(vms: ReadonlyMap<VmName, VmFacts>): ReadonlySet<VmName> {
  return new Set([...vms.values()].flatMap((facts) => formerNameOf(vms, facts) ?? []));
}

function formerNameOf(vms: ReadonlyMap<VmName, VmFacts>, facts: VmFacts): VmName | null {
  const { released } = facts;
  return released?.step.kind === "rename" ? released.step.from : (formerOf(vms, facts)?.name ?? null);
}
