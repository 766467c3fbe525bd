/** What people and programs are shown of a what-if, and of how many nodes could be lost (docs/what-if.md). */
import type { NodeName, VmName } from "./names.ts";
import type { LossReport, ReasonReport, SpareReport, UnplacedReport } from "./report.ts";

/** What is supposed, all of it at once. */
export interface Supposition {
  readonly lose: readonly NodeName[];
  readonly flush: readonly NodeName[];
  readonly addVms: readonly NewVms[];
}

export interface NewVms {
  readonly count: number;
  readonly memoryBytes: number;
}

/**
 * live: migrated. shutdown: shut down here, started there. restart: it died with its node, and is started elsewhere.
 * start: it does not run now.
 */
export interface MoveReport {
  readonly vm: VmName;
  readonly from: NodeName | null;
  readonly to: NodeName;
  readonly method: "live" | "shutdown" | "restart" | "start";
  readonly memoryBytes: number;
  readonly reason: ReasonReport;
}

/** Memory is of guests, and of what else runs there. */
export interface NodeFillReport {
  readonly node: NodeName;
  /** Why it takes no VM afterwards; null: it does. */
  readonly closed: ReasonReport | null;
  readonly memoryBytes: number;
  readonly reserveBytes: number;
  readonly usedBytesBefore: number;
  readonly usedBytesAfter: number;
  readonly vmsBefore: number;
  readonly vmsAfter: number;
}

/**
 * How many nodes may be lost at once, whichever they are. `atMost` is larger than `atLeast` only where there are too
 * many combinations to look at.
 */
export interface ToleranceReport {
  readonly atLeast: number;
  readonly atMost: number;
  /** A loss of one more than `atMost` that is not survived; null: none was found. */
  readonly example: LossReport | null;
}

export interface EstimateReport {
  readonly seconds: number;
  /** Where every guest takes all of its time to shut down; null: none is shut down. */
  readonly atMostSeconds: number | null;
  /** What it rests on, in words. */
  readonly assumes: string;
}

/** `keel simulate --lose … -o json`, `keel node flush … --dry-run -o json`. */
export interface WhatIfReport {
  readonly formatVersion: 1;
  readonly cluster: string;
  readonly generation: number;
  readonly supposed: Supposition;
  /** Every VM that is concerned has a place, and every node that is to be empty will be. */
  readonly fits: boolean;
  /** In the order in which they are begun. */
  readonly moves: readonly MoveReport[];
  readonly unplaced: readonly UnplacedReport[];
  /** VMs that go on as they would anyway. */
  readonly untouched: number;
  readonly nodes: readonly NodeFillReport[];
  /** Migrations at once, and as many shutdowns: in all, and at either end of a node. */
  readonly bounds: { readonly migrations: number; readonly migrationsPerNode: number };
  /** Until the flushed nodes are empty; null: none is flushed. */
  readonly estimate: EstimateReport | null;
  /** Of what remains afterwards. */
  readonly spare: SpareReport;
  readonly tolerance: ToleranceReport;
}
