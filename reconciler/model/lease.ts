/**
 * `lease`: how long a heartbeat may be silent before its node is suspect. The leader writes it down by the Cluster document
 * in force, which heartbeats do not read; each takes it when it begins to say that its node lives.
 */
export interface LeaseRecord {
  readonly ms: number;
}
