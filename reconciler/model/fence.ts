/** What became of nodes that were lost: `fence/<node>`, written by the leader alone. */
import type { NodeName, VmName } from "./names.ts";
import type { ObservedNode, Seen } from "./observed.ts";
import type { Reason } from "./reasons.ts";

/** One silence of a node, from the end of its lease on. Another silence of the same node is another incident. */
export interface Incident {
  /** Names it; what a person confirms is this one and no other. */
  readonly id: string;
  /** The machine and the boot that fell silent; null: its heartbeat is of a version that does not leave them behind. */
  readonly machineId: string | null;
  readonly bootId: string | null;
  /** Epoch milliseconds at which a leader first saw it. */
  readonly since: number;
}

/** Why nothing of before can be running on the node. There is no other kind: time proves nothing. */
export type Proof =
  /** Each of its power devices read off, twice. */
  | { readonly by: "bmc"; readonly at: number; readonly devices: readonly string[] }
  /** A person gave their word for it. */
  | { readonly by: "human"; readonly at: number; readonly who: string };

/** Whom people have to ask about it. */
export function whoProved(proof: Proof): string {
  return proof.by === "human" ? proof.who : proof.devices.join(", ");
}

export type FenceRecord = {
  readonly node: NodeName;
  /** Epoch milliseconds of each proof that it was dead, in the 24 h up to the last of them. */
  readonly history: readonly number[];
  /** Of these, those that its power devices gave. Leaders of before do not tell. */
  readonly cuts?: readonly number[];
  /** Since it lives again after a proof: it takes and starts nothing until somebody acknowledges its return. */
  readonly quarantine: Quarantine | null;
} & (FenceOpen | FenceProven | { readonly phase: "closed" });

/** Nothing is proven: its VMs are unknown, and stay where they are. */
export type FenceOpen = {
  readonly incident: Incident;
  /** Too many others were fenced within the hour: what becomes of it was left to a person, and stays so. */
  readonly asked?: true;
} & (
  | {
      /** suspect: its grace runs, or it answers directly. lost: the grace is over. */
      readonly phase: "suspect" | "lost";
      /** Why it is not fenced; null: it is about to be. */
      readonly why: Reason | null;
    }
  /** A round over its power devices runs; it is finished whatever the node says meanwhile. */
  | {
      readonly phase: "cutting";
      /** Of this incident, from 1. */
      readonly round: number;
      readonly at: number;
      /** The term of the leader that carries it out: the create revision of its key. */
      readonly term: number;
      /** Why the round before it proved nothing, where it is not the first one. Leaders of before do not tell. */
      readonly why?: Reason;
    }
  /** The last round ended without proof. Until the next one the node may come back as if nothing had been. */
  | { readonly phase: "failed"; readonly round: number; readonly at: number; readonly why: Reason }
);

export interface Quarantine {
  /** What was proven of which boot. */
  readonly incident: Incident;
  readonly proof: Proof;
}

/** Proven dead: it owns nothing. It lasts until the node is seen alive. */
export interface FenceProven {
  readonly phase: "proven" | "recovering" | "done";
  readonly incident: Incident;
  readonly proof: Proof;
  /** The VMs that it owned; what its recovery is about. */
  readonly vms: readonly VmName[];
  /** Whether it is to be powered on again: wanted, and then how it ended. */
  readonly powerOn: "no" | "wanted" | "on" | "failed";
  /** So often powering it on has failed; left out: never. */
  readonly powerOnTries?: number;
  /**
   * VMs whose images it may still have on their way to a shared store, and why. None of them starts anywhere before it
   * is shut out of them; left out: there is none.
   */
  readonly unreleased?: Readonly<Record<VmName, Reason>>;
  /** The machine that a person has replaced: another one may go by the node's name now, and this one may not. */
  readonly replaced?: string;
}

const dayMs = 86_400_000;

/** What is remembered of its proofs once there is another one. */
export function historyWith(
  { history, cuts = history }: Pick<FenceRecord, "history" | "cuts">,
  { at, by }: Proof,
): Required<Pick<FenceRecord, "history" | "cuts">> {
  const isRecent = (before: number) => before > at - dayMs;
  const cut = by === "bmc" ? [at] : [];
  return { history: [...history.filter(isRecent), at], cuts: [...cuts.filter(isRecent), ...cut] };
}

/** So often within 24 hours up to its last proof: from then on it does not return by itself. */
export function isFencedTooOften({ history }: Pick<FenceRecord, "history">): boolean {
  return history.length >= 2;
}

export type FencePhase = FenceRecord["phase"];

/**
 * The record of a node that is proven dead now; null: it is not. A proof is about one incident: a node that has lived
 * since is alive, or silent anew, and nothing is proven of that.
 */
export function deathOf(
  record: FenceRecord | null | undefined,
  observed: Pick<ObservedNode, "alive" | "seen"> | null,
): FenceProven | null {
  if (record == null || !isProven(record) || observed?.alive != null) return null;
  return hasLivedSince(record.incident, observed?.seen ?? null) ? null : record;
}

/** The incident of the proof that a node was dead, as long as it is not taken in again; null: there is none. */
export function fencedFor(record: FenceRecord | undefined): string | null {
  if (record === undefined) return null;
  return (isProven(record) ? record.incident : record.quarantine?.incident)?.id ?? null;
}

function isProven(record: FenceRecord): record is FenceRecord & FenceProven {
  return "proof" in record;
}

/** It made its `alive` anew after the incident began, whether that is there still or not. */
export function hasLivedSince({ id }: Incident, seen: ObservedNode["seen"]): boolean {
  return seen?.alive === true && incidentId(seen) !== id;
}

/** It lives, or lived last, in the very boot that fell silent. */
export function isSameBoot({ bootId }: Incident, life: Pick<Seen, "bootId"> | null): boolean {
  return life !== null && life.bootId === bootId;
}

/** Of a silence that begins now: the last time it made its `alive` tells it from all others. */
export function incidentId(seen: ObservedNode["seen"]): string {
  return String(seen?.revision ?? 0);
}
