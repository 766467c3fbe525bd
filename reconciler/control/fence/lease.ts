import type { LeaseRecord } from "../../model/lease.ts";
import { encode } from "../../store/codec.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Decision, Writer } from "../transactions.ts";

/** Null: what is written down is what is in force. */
export function writeLease(
  { keys, guard }: Pick<Writer, "keys" | "guard">,
  state: Pick<ClusterState, "applied" | "desired" | "lease">,
): Decision | null {
  const { leaseMs } = state.desired.cluster.fencing;
  const { lease } = state;
  if (lease?.record.ms === leaseMs) return null;
  const record: LeaseRecord = { ms: leaseMs };
  const compare = [
    ...guard,
    { key: keys.lease, modRevision: lease?.revision ?? 0 },
    { key: keys.head, modRevision: state.applied.revision },
  ];
  return { about: "lease", transaction: { compare, then: [{ put: keys.lease, value: encode(record) }] } };
}
