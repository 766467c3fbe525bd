/** The states that people see. Where several would fit, the later in the list counts. */
export const vmStates = [
  "running",
  "stopped",
  "stopping",
  "starting",
  "migrating",
  "held",
  "crash-loop",
  "disabled",
  "orphaned",
  "failed",
  "unknown",
] as const;
export type VmState = (typeof vmStates)[number];

export const nodeStates = [
  "ready",
  "cordoned",
  "flushing",
  "flushed",
  "returning",
  "unseen",
  "agent-down",
  "suspect",
  "lost",
  "fencing",
  "fence-failed",
  "fenced",
  "leaving",
] as const;
export type NodeState = (typeof nodeStates)[number];
