/** One node as its leader looks at it, and what may come of that. */
import type { FenceProven, FenceRecord } from "../../model/fence.ts";
import type { NodeName, VmName } from "../../model/names.ts";
import type { Alive, Seen } from "../../model/observed.ts";
import type { Reason } from "../../model/reasons.ts";
import type { StoredFence, StoredRequest } from "../cluster-state.ts";
import type { Outcome } from "./outcome.ts";
import type { Releasing, Task } from "./tasks.ts";
import type { Verdict } from "./verdict.ts";

/** Times are milliseconds; those that something is waited for are of this leader's monotonic clock. */
export interface NodeCase {
  readonly node: NodeName;
  readonly record: StoredFence | null;
  readonly alive: Alive | null;
  readonly seen: (Seen & { readonly revision: number }) | null;
  /** It was alive once, or its agent was. */
  readonly isKnown: boolean;
  /** The boot that its agent reported from last, where its heartbeat left none behind. */
  readonly lastBoot: string | null;
  /** Of the epoch. */
  readonly now: number;
  readonly monotonic: number;
  /** This leader's: the create revision of its key. */
  readonly term: number;
  readonly verdict: () => Verdict;
  /** This leader runs on it, in the boot that it lived in last. */
  readonly isLeadersHost: boolean;
  /** For how long this leader has seen another one's round. */
  readonly foreignForMs: number;
  /** For how long this leader has seen it alive. */
  readonly aliveForMs: number;
  readonly task: Task | null;
  readonly releasing: Releasing | null;
  /** Its heartbeat answers this leader directly: it lives, without a lease. null: it was not asked yet. */
  readonly answers: boolean | null;
  readonly confirmed: StoredRequest | null;
  readonly acknowledged: StoredRequest | null;
  readonly replaced: StoredRequest | null;
  /** The VMs that it owns, as far as is known. */
  readonly owns: () => readonly VmName[];
  /** Those of them that have images in a shared store. */
  readonly withImages: () => readonly VmName[];
  /** Nothing more is to be done now for the VMs that its recovery is about. */
  readonly isRecovered: () => boolean;
  /** What has become of them. */
  readonly outcomes: () => readonly Outcome[];
  /** Its agent has told what runs there since it lives again, and none of that is elsewhere by now. */
  readonly isCleared: () => boolean;
  /** How long it has to live before it is taken in again by itself; null: a person has to say so. */
  readonly returnsAfterMs: number | null;
  /** Whether it is powered on again after a proof by its power devices. not-now: as things stand. never: it is leaving. */
  readonly powersOn: "yes" | "not-now" | "never";
}

/** When to look again where something waits for a node to be asked once. */
export const askingMs = 500;

export interface Told {
  readonly level: "note" | "warning" | "alarm";
  readonly reason: Reason;
}

export interface Write {
  /** null: nothing is to be remembered of it. */
  readonly record: FenceRecord | null;
  readonly told: Told | null;
  /** Requests that are used up, or void. */
  readonly uses: readonly StoredRequest[];
}

export interface Next {
  readonly write: Write | null;
  /** What this leader has to carry out, and is not yet carrying out. */
  readonly run: { readonly kind: Task["kind"] | "release"; readonly key: string } | null;
  /** When to look again though nothing is heard; null: never. */
  readonly wakeInMs: number | null;
}

export function rest(wakeInMs: number | null = null): Next {
  return { write: null, run: null, wakeInMs };
}

export function write(
  record: FenceRecord | null,
  told: Told | null = null,
  uses: readonly StoredRequest[] = [],
): Next {
  return { write: { record, told, uses }, run: null, wakeInMs: null };
}

export function run(kind: Task["kind"] | "release", key: string): Next {
  return { write: null, run: { kind, key }, wakeInMs: null };
}

/** What goes on from record to record, whatever becomes of the incident. */
export function common({
  node,
  record,
}: NodeCase): Pick<FenceRecord, "node" | "history" | "cuts" | "quarantine"> {
  const { history = [], cuts = history, quarantine = null } = record ?? {};
  return { node, history, cuts, quarantine };
}

/** What is left once an incident is over. */
export function closed(it: NodeCase, quarantine = it.record?.quarantine ?? null): FenceRecord | null {
  const shared = common(it);
  if (shared.history.length === 0 && quarantine === null) return null;
  return { ...shared, quarantine, phase: "closed" };
}

/** Of a node that is proven dead. */
export function change(
  it: NodeCase,
  { incident, proof, vms, phase, powerOn: power, powerOnTries, replaced, unreleased }: FenceProven,
  changes: Partial<FenceProven>,
  told: Told | null = null,
  uses: readonly StoredRequest[] = [],
): Next {
  const before = {
    incident,
    proof,
    vms,
    phase,
    powerOn: power,
    ...(powerOnTries === undefined ? {} : { powerOnTries }),
    ...(replaced === undefined ? {} : { replaced }),
    ...(unreleased === undefined ? {} : { unreleased }),
  };
  const record: FenceRecord = { ...common(it), ...before, ...changes };
  return write(record, told, uses);
}
