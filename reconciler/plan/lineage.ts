/** Names change, VMs do not: which record of an earlier name is the VM that a document means. */
import type { Vm } from "../model/desired.ts";
import type { VmName } from "../model/names.ts";
import type { VmFacts } from "./vm-facts.ts";

type Vms = ReadonlyMap<VmName, VmFacts>;

const recorded = new WeakMap<Vms, ReadonlyMap<string, VmFacts>>();

/** Those that have a record, by their UUID. */
function recordedByUuid(vms: Vms): ReadonlyMap<string, VmFacts> {
  const known = recorded.get(vms);
  if (known !== undefined) return known;
  const byUuid = new Map<string, VmFacts>();
  for (const facts of vms.values()) {
    if (facts.revision > 0 && facts.identity !== null) byUuid.set(facts.identity.uuid, facts);
  }
  recorded.set(vms, byUuid);
  return byUuid;
}

/**
 * The VM with a record that this one, which has none, has the UUID of: they are one, whatever their documents say by now,
 * and never run beside each other.
 */
export function selfOf(vms: Vms, { document, revision, identity }: VmFacts): VmFacts | null {
  if (document === null || revision > 0) return null;
  const named = document.renamedFrom === null ? undefined : vms.get(document.renamedFrom);
  if (named?.document === null && named.revision > 0) return named;
  return identity === null ? null : (recordedByUuid(vms).get(identity.uuid) ?? null);
}

/**
 * What a VM that is being renamed goes by in the records; null: it is not being renamed. A rename that was begun goes on
 * where its document does not tell of it any more, or where it was renamed again before the name between had a record.
 */
export function formerOf(vms: Vms, facts: VmFacts): VmFacts | null {
  const self = selfOf(vms, facts);
  return self?.document === null ? self : null;
}

/** What is wanted of each VM, by every name that its records and its domain may go by now. */
export function documentsByRecord(vms: Vms): ReadonlyMap<VmName, Vm> {
  const documents = new Map<VmName, Vm>();
  for (const facts of vms.values()) {
    const { name, document } = facts;
    if (document === null) continue;
    for (const known of [name, ...formerNamesOf(vms, facts)]) documents.set(known, document);
  }
  return documents;
}

/** The names that VMs are about to lose: what goes by them is no orphan. */
export function formerNames(vms: Vms): ReadonlySet<VmName> {
  return new Set([...vms.values()].flatMap((facts) => formerNamesOf(vms, facts)));
}

/** That of its record, and that of its domain: a VM may be renamed again while its domain still awaits the first rename. */
function formerNamesOf(vms: Vms, facts: VmFacts): readonly VmName[] {
  const former = formerOf(vms, facts);
  const begun = (former ?? facts).released?.step;
  return [...(former === null ? [] : [former.name]), ...(begun?.kind === "rename" ? [begun.from] : [])];
}
