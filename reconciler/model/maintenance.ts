/** Maintenance as it is in force: `maintenance`, written by the leader from files, overrides and the time. */
import type { NodeName } from "./names.ts";

export interface MaintenanceState {
  readonly on: boolean;
  readonly reason: string | null;
  /** Epoch milliseconds at which it ends by itself; null: it does not. */
  readonly until: number | null;
  /** Its time may be over, but the clock that says so may be wrong: it stays on. */
  readonly doubt: boolean;
  /** So little of it is left that people are warned: fencing is possible again then. */
  readonly ending: boolean;
}

export interface MaintenanceRecord {
  readonly cluster: MaintenanceState;
  /** Of the nodes that are in one of their own. */
  readonly nodes: Readonly<Record<NodeName, MaintenanceState>>;
  /** The revision of the head that it was derived from. */
  readonly head: number;
}

export const noMaintenance: MaintenanceState = {
  on: false,
  reason: null,
  until: null,
  doubt: false,
  ending: false,
};

/** What ends it, where files say so. `node`: whose it is; null: the cluster's. */
export function endingCommand(node: NodeName | null): string {
  return node === null ? "keel maintenance off" : `keel maintenance off --node ${node}`;
}
