/** What the numbers of states, reasons and jobs stand for. A number that is not in its list becomes `unknown`. */

/** `virDomainState`, by number. blocked: waits for I/O, which counts as running. shutoff: does not run. */
export const domainStates = [
  "none",
  "running",
  "blocked",
  "paused",
  "shutdown",
  "shutoff",
  "crashed",
  "suspended",
] as const;
export type DomainState = (typeof domainStates)[number];

/** Reasons by state: `virDomainRunningReason`, `virDomainPausedReason` and so on, by number. */
const reasons: Readonly<Record<DomainState, readonly string[]>> = {
  none: ["unknown"],
  running: [
    "unknown",
    "booted",
    "migrated",
    "restored",
    "from-snapshot",
    "unpaused",
    "migration-canceled",
    "save-canceled",
    "wakeup",
    "crashed",
    "postcopy",
    "postcopy-failed",
  ],
  blocked: ["unknown"],
  paused: [
    "unknown",
    "user",
    "migration",
    "save",
    "dump",
    "io-error",
    "watchdog",
    "from-snapshot",
    "shutting-down",
    "snapshot",
    "crashed",
    "starting-up",
    "postcopy",
    "postcopy-failed",
    "api-error",
  ],
  shutdown: ["unknown", "user"],
  shutoff: [
    "unknown",
    "shutdown",
    "destroyed",
    "crashed",
    "migrated",
    "saved",
    "failed",
    "from-snapshot",
    "daemon",
  ],
  crashed: ["unknown", "panicked"],
  suspended: ["unknown"],
};

export function domainState(number: number): DomainState {
  return domainStates[number] ?? "none";
}

export function stateReason(state: DomainState, number: number): string {
  return reasons[state][number] ?? "unknown";
}

/** `virDomainJobType`, by number. */
const jobTypes = ["none", "bounded", "unbounded", "completed", "failed", "cancelled"] as const;
export type JobType = (typeof jobTypes)[number];

export function jobType(number: number): JobType {
  return jobTypes[number] ?? "none";
}

/** `virDomainJobOperation`: the value of a job's parameter `operation`. */
export const jobOperations = { migrationIn: 4, migrationOut: 5 } as const;
