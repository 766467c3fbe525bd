/**
 * Writing a proposal down: identities and objects first, then the head, alone, in one transaction that compares the
 * head it was made on. Until that last write nothing has changed; after it everything has.
 */
import { KeelError } from "../model/errors.ts";
import type { Request } from "../model/journal.ts";
import { encode } from "../store/codec.ts";
import type { ClusterKeys } from "../store/keys.ts";
import { limits, type Operation, type Store, type Transaction } from "../store/store.ts";
import { type Head, partDocuments } from "./desired-objects.ts";
import type { Proposal } from "./propose.ts";

export interface CommitOptions {
  readonly by: string;
  readonly now: number;
  /** The folder's git commit, where it has one. */
  readonly commit: string | null;
  readonly allowDestroy: number | null;
  readonly host: string;
}

/** Operations of one preparatory transaction; objects are a few KB each, so 1.5 MiB is not reached. */
const batch = Math.floor(limits.operations / 2);
/** How long a request to set drift back stays good where its VM is busy. */
const revertForMs = 600_000;

/** @throws KeelError `apply-conflict` where somebody else applied meanwhile; then nothing has changed */
export async function commitProposal(
  store: Store,
  keys: ClusterKeys,
  proposal: Proposal,
  options: CommitOptions,
): Promise<Head> {
  const { base: applied } = proposal;
  if (applied.head !== null && !proposal.changesIntent) {
    await requestReverts(store, keys, proposal, options);
    return applied.head;
  }
  const { parts, objects } = partDocuments(proposal.documents);
  const known = new Set(Object.values(applied.head?.parts ?? {}));
  const fresh = [...objects].filter(([digest]) => !known.has(digest));
  await inBatches(
    store,
    [...proposal.identities].map(([vm, identity]) => putOf(keys.identity(vm), encode(identity))),
  );
  await inBatches(
    store,
    fresh.map(([digest, text]) => putOf(keys.object(digest), text)),
  );
  const head: Head = {
    generation: (applied.head?.generation ?? 0) + 1,
    at: options.now,
    by: options.by,
    digest: proposal.digest,
    commit: options.commit,
    parts,
    allowDestroy: options.allowDestroy,
    host: options.host,
  };
  await putHead(store, keys, head, applied.revision);
  await requestReverts(store, keys, proposal, options);
  return head;
}

async function putHead(store: Store, keys: ClusterKeys, head: Head, revision: number): Promise<void> {
  const value = encode(head);
  const transaction: Transaction = {
    compare: [{ key: keys.head, modRevision: revision }],
    then: [
      { put: keys.head, value },
      { put: keys.history(head.generation), value },
    ],
  };
  const result = await store.transact(transaction).catch(async (error: unknown) => {
    // The outcome of the last write may be unknown: what the head says now tells.
    const now = await store.get(keys.head);
    if (now?.value === value) return { ok: true as const, revision: now.modRevision };
    if (now?.modRevision === revision || (now === null && revision === 0)) throw error;
    return { ok: false as const, revision: 0 };
  });
  if (!result.ok) throw new KeelError("apply-conflict", { generation: head.generation });
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
  await inBatches(
    store,
    requests.map((request) => putOf(keys.request(request.id), encode(request))),
  );
}

/** Writes that may be repeated without harm; half of them done is no half-done apply. */
async function inBatches(store: Store, operations: readonly Operation[]): Promise<void> {
  for (let i = 0; i < operations.length; i += batch) {
    await store.transact({ compare: [], then: operations.slice(i, i + batch) });
  }
}

function putOf(key: string, value: string): Operation {
  return { put: key, value };
}
