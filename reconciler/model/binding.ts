import type { NodeName } from "./names.ts";

/**
 * What makes the power devices of a node count: how somebody came to know that they switch this machine and no other.
 * `bound/<node>`, written by the leader, and `bound-by-hand/<node>`, by `keel fence test --bind`. It is about all
 * devices of the node together, as they were defined then: an edit of any makes it void.
 */
export interface Binding {
  readonly node: NodeName;
  /** Of the devices' definitions. */
  readonly digest: string;
  /** The machine that was alive under the node's name. */
  readonly machineId: string;
  /**
   * uuid: every device read on while the node lived, and told the machine's UUID. power-cycle: the machine went off with
   * them, and came back in a new boot. word: a person gave their word for it.
   */
  readonly by: "uuid" | "power-cycle" | "word";
  readonly who: string;
  /** Epoch milliseconds. */
  readonly at: number;
}
