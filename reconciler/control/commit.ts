/**
 * Writing a proposal down: identities and objects first, then the head, alone, in one transaction that compares the
 * head it was made on. Until that last write nothing has changed; after it everything has. That transaction also
 * compares when old objects were last collected, so that none of those it names was taken away in between.
 */
import { KeelError } from "../model/errors.ts";
import type { Request } from "../model/journal.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Compare, Operation, Revision, Store } from "../store/store.ts";
import { batchesOf, severalAtOnce } from "./batches.ts";
import { type Head, partDocuments } from "./desired-objects.ts";
import { countChanges, documentChanges } from "./document-changes.ts";
import { writeIdentities } from "./identity-records.ts";
import type { Proposal } from "./propose.ts";

export interface CommitOptions {
  readonly by: string;
  readonly now: number;
  /** The folder's git commit, where it has one. */
  readonly commit: string | null;
  readonly host: string;
  /** What it is, where it is no plain apply. */
  readonly note?: string;
  /** What else must hold, and is done, in the transaction that puts it in force; a few of each. */
  readonly compare?: readonly Compare[];
  readonly then?: readonly Operation[];
}

/** How long a request to set drift back stays good where its VM is busy. */
const revertForMs = 600_000;
/** Collections are minutes apart, so a second one in the middle of an apply is unlikely, and a third is a defect. */
const attempts = 3;

/**
 * Returns the head that is in force by it. Where it throws a `StoreError` the outcome is unknown, and either all of it
 * is in force or nothing; doing it again is safe.
 * @throws KeelError `apply-conflict` where somebody else applied meanwhile; then nothing has changed
 */
export async function commitProposal(
  store: Store,
  keys: ClusterKeys,
  proposal: Proposal,
  options: CommitOptions,
): Promise<Head> {
  const { base } = proposal;
  if (base.head !== null && !proposal.changesIntent) {
    await requestReverts(store, keys, proposal, options);
    return base.head;
  }
  const { parts, objects } = partDocuments(proposal.documents);
  const head = headOf(proposal, parts, options);
  const conflict = () => new KeelError("apply-conflict", { generation: head.generation });
  const known = new Set(Object.values(base.head?.parts ?? {}));
  const fresh = [...objects].filter(([digest]) => !known.has(digest));
  if ((await writeIdentities(store, keys, proposal.identities)) === "contended") throw conflict();
  const beside = { ...options, compare: [...(options.compare ?? []), ...stillThere(keys, proposal)] };
  for (let attempt = 0; attempt < attempts; attempt++) {
    const collection = (await store.get(keys.collection))?.modRevision ?? 0;
    await putAll(
      store,
      fresh.map(([digest, text]): Record => [keys.object(digest), text]),
    );
    const end = await putHead(store, keys, head, { head: base.revision, collection }, beside);
    if (end === "overtaken") throw conflict();
    if (end === "in-force") {
      await requestReverts(store, keys, proposal, options);
      return head;
    }
  }
  throw conflict();
}

/** A destruction that ends meanwhile takes the identity away; then the VM is planned anew, with a new one. */
function stillThere(keys: ClusterKeys, { revived }: Proposal): readonly Compare[] {
  return [...revived].map(([vm, identity]) => ({ key: keys.identity(vm), value: encode(identity) }));
}

function headOf({ base, ...proposal }: Proposal, parts: Head["parts"], options: CommitOptions): Head {
  const { now, by, commit, host, note } = options;
  return {
    generation: (base.head?.generation ?? 0) + 1,
    at: now,
    by,
    digest: proposal.digest,
    commit,
    parts,
    overBound: proposal.overBound,
    host,
    changes: countChanges(documentChanges(base.documents, proposal.documents)),
    ...(note === undefined ? {} : { note }),
  };
}

/** What must not have moved since it was relied on. */
interface Relied {
  readonly head: Revision;
  readonly collection: Revision;
}

async function putHead(
  store: Store,
  keys: ClusterKeys,
  head: Head,
  relied: Relied,
  { compare = [], then = [] }: Pick<CommitOptions, "compare" | "then">,
): Promise<"in-force" | "overtaken" | "collected"> {
  const value = encode(head);
  const record = keys.history(head.generation);
  try {
    const result = await store.transact({
      compare: [
        { key: keys.head, modRevision: relied.head },
        { key: keys.collection, modRevision: relied.collection },
        ...compare,
      ],
      then: [{ put: keys.head, value }, { put: record, value }, ...then],
    });
    if (result.ok) return "in-force";
    return (await revisionOf(store, keys.head)) === relied.head ? "collected" : "overtaken";
  } catch (error) {
    // The outcome may be unknown. The history tells it, also where yet another head followed already.
    const [written, headNow] = await Promise.all([store.get(record), revisionOf(store, keys.head)]);
    if (written?.value === value) return "in-force";
    if (headNow !== relied.head) return "overtaken";
    throw error;
  }
}

async function revisionOf(store: Store, key: string): Promise<Revision> {
  return (await store.get(key))?.modRevision ?? 0;
}

/** What was changed by hand is set back by request: the loop does it, once. */
async function requestReverts(
  store: Store,
  keys: ClusterKeys,
  proposal: Proposal,
  options: CommitOptions,
): Promise<void> {
  const requests = proposal.plan.steps
    .filter(({ step }) => step.kind === "update" && step.reason.code === "changed-by-hand")
    .map(({ step }): Request => ({
      kind: "revert",
      id: `revert-${step.vm}`,
      vm: step.vm,
      by: options.by,
      at: options.now,
      expiresAt: options.now + revertForMs,
    }));
  await putAll(
    store,
    requests.map((request): Record => [keys.request(request.id), encode(request)]),
  );
}

type Record = readonly [key: string, value: string];

/** Writes that may be repeated without harm; half of them done is no half-done apply. */
async function putAll(store: Store, records: readonly Record[]): Promise<void> {
  const batches = batchesOf(records, ([, value]) => value);
  await severalAtOnce(batches, (batch) =>
    store.transact({ compare: [], then: batch.map(([put, value]) => ({ put, value })) }),
  );
}
