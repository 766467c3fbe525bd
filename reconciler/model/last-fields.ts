import type { Bmc, Maintenance } from "./desired.ts";
import type { NodeName } from "./names.ts";

/**
 * `last-fields/<node>`: what of a node's document outlasts it, written by the leader. Address and power devices are those
 * that the node was last alive with: an edit of them takes effect at its return.
 */
export interface LastFields {
  readonly node: NodeName;
  readonly address: string | null;
  readonly bmc: readonly Bmc[];
  /** As its document had it last, whether the node lived or not. Absent: a leader that did not know of it wrote this. */
  readonly maintenance?: Maintenance;
}
