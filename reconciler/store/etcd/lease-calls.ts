import type { Clock } from "../../model/clock.ts";
import { StoreError, type LeaseId } from "../store.ts";
import type { Calls } from "./calls.ts";
import type { Endpoint, Endpoints } from "./endpoints.ts";

/** A second try after an unknown outcome may grant a second lease; nobody uses it, and it ends by itself. */
export async function grantLease(calls: Calls, seconds: number): Promise<{ id: LeaseId; ttlMs: number }> {
  const { ID, TTL } = await calls.repeatable(({ leaseClient }, options) =>
    leaseClient.leaseGrant({ TTL: seconds }, options),
  );
  return { id: ID, ttlMs: Number(TTL) * 1000 };
}

/** Resolves also where the lease was gone already. */
export async function revokeLease(calls: Calls, id: LeaseId): Promise<void> {
  try {
    await calls.repeatable(({ leaseClient }, options) => leaseClient.leaseRevoke({ ID: id }, options));
  } catch (error) {
    if (!(error instanceof StoreError) || error.code !== "lease-gone") throw error;
  }
}

/**
 * Asks every endpoint at once to renew a lease, so that a member that hangs costs nothing. Resolves with true at the
 * first that did; with false where none did and one says that the lease is gone; rejects where nothing is known.
 */
export async function renewLease(
  endpoints: Endpoints,
  clock: Clock,
  id: LeaseId,
  timeoutMs: number,
): Promise<boolean> {
  const answers = endpoints.all.map(async (endpoint) => {
    const renewed = await renewAt(endpoint, id, clock.now() + timeoutMs);
    if (!renewed) throw new LeaseGone();
  });
  try {
    await Promise.any(answers);
    return true;
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    if (errors.some((one) => one instanceof LeaseGone)) return false;
    const text = `the lease ${id} could not be renewed at ${endpoints.addresses}`;
    throw new StoreError("unreachable", text, { cause: error });
  }
}

class LeaseGone extends Error {}

/** One request and its answer on a stream of their own, which ends at the deadline. */
async function renewAt({ client }: Endpoint, id: LeaseId, deadline: number): Promise<boolean> {
  const stream = await client.leaseClient.leaseKeepAlive({ deadline });
  return new Promise((resolve, reject) => {
    stream.on("data", ({ TTL }) => resolve(Number(TTL) > 0));
    stream.on("error", reject);
    stream.on("end", () => reject(new Error("the stream ended without an answer")));
    stream.write({ ID: id });
    // With its sending side closed, etcd3 does not take the end of this stream for a failure of the connection.
    stream.end();
  });
}
