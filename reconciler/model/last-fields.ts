import type { Bmc } from "./desired.ts";
import type { NodeName } from "./names.ts";

/**
 * `last-fields/<node>`: what of its document a node was last alive with, written by the leader while it lives. An edit of
 * its power devices takes effect at its return, and they outlast the document.
 */
export interface LastFields {
  readonly node: NodeName;
  readonly address: string | null;
  readonly bmc: readonly Bmc[];
}
