import type { NodeName } from "./names.ts";

/** Why a VM is not at home. */
export type Displaced = "flush" | "fence" | "migrate" | "limits" | "start";

/** Off because nothing could take it; from then on no node owns it. `since` is epoch milliseconds. */
export interface Hold {
  readonly by: "flush" | "fence";
  readonly node: NodeName;
  readonly since: number;
  /**
   * Its start elsewhere was withdrawn, and it is not yet known whether something else takes it: until then it waits for
   * nobody's word.
   */
  readonly open?: true;
}

/** A migration's record: while it is set, both nodes own the VM and neither starts it. */
export interface Moving {
  readonly to: NodeName;
  readonly epoch: number;
  readonly step: string;
  /** What `displaced` becomes once it is there. */
  readonly displaced: Displaced | null;
}

/** What was decided about a VM: `placement/<vm>`, written by the leader alone. */
export interface Placement {
  /** Where it runs or is assigned; null while held, and before its first start. */
  readonly node: NodeName | null;
  readonly home: NodeName | null;
  /** The `node:` that made `home` what it is, so that an edit of it can be told from a home the selector chose. */
  readonly homeAsked: NodeName | null;
  /** Fencing token: grows with every start and migration, never shrinks. A domain carries the epoch it was made for. */
  readonly epoch: number;
  readonly displaced: Displaced | null;
  readonly held: Hold | null;
  /** "guest": it switched itself off, and stays off until somebody asks. */
  readonly ended: "guest" | null;
  readonly moving: Moving | null;
  /** The highest epoch of a copy that nobody saw end, as its node was proven dead; left out: there is none. */
  readonly spent?: number;
}

/** Of the next start or copy: no other one has it, whatever became of it. */
export function nextEpoch({ epoch, spent = 0 }: Pick<Placement, "epoch" | "spent">): number {
  return Math.max(epoch, spent) + 1;
}

export const unplaced: Placement = {
  node: null,
  home: null,
  homeAsked: null,
  epoch: 0,
  displaced: null,
  held: null,
  ended: null,
  moving: null,
};
