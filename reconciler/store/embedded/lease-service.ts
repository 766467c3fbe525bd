import type { ServerDuplexStream } from "@grpc/grpc-js";
import { toBuffer } from "../core/bytes.ts";
import { CoreError } from "../core/core-error.ts";
import type * as messages from "./messages.ts";
import { header, unary, type ServerContext } from "./server-context.ts";

/** As etcd's: longer ones are a mistake. */
const maxTtlSeconds = 9_000_000_000;

/** etcd's Lease service. A renewal is not written to disk: after a restart every lease has its full time anyway. */
export function leaseService(context: ServerContext) {
  const { core, quota } = context;
  return {
    leaseGrant: unary(context, (request: messages.LeaseGrantRequest): messages.LeaseGrantResponse => {
      quota.checkAlarm();
      const seconds = Number(request.TTL);
      if (!(seconds > 0 && seconds <= maxTtlSeconds)) throw new CoreError("lease-ttl");
      const lease = core.grant(seconds * 1000, request.ID === "0" ? undefined : request.ID);
      return { header: header(context), ID: lease.id, TTL: seconds };
    }),
    leaseRevoke: unary(context, (request: messages.LeaseRequest): messages.HeaderResponse => {
      if (!core.revoke(request.ID)) throw new CoreError("lease-not-found");
      return { header: header(context) };
    }),
    leaseKeepAlive: (stream: ServerDuplexStream<messages.LeaseRequest, messages.LeaseKeepAliveResponse>) => {
      stream.on("data", ({ ID }: messages.LeaseRequest) => {
        const lease = core.renew(ID);
        stream.write({ header: header(context), ID, TTL: lease === null ? 0 : lease.ttlMs / 1000 });
      });
      stream.on("end", () => stream.end());
      stream.on("error", () => stream.end());
    },
    leaseTimeToLive: unary(context, (request: messages.LeaseTimeToLiveRequest) =>
      timeToLive(context, request),
    ),
    leaseLeases: unary(context, (): messages.LeaseLeasesResponse => ({
      header: header(context),
      leases: core.leases().map(({ id }) => ({ ID: id })),
    })),
  };
}

function timeToLive(
  context: ServerContext,
  { ID, keys }: messages.LeaseTimeToLiveRequest,
): messages.LeaseTimeToLiveResponse {
  const lease = context.core.findLease(ID);
  if (lease === null) return { header: header(context), ID, TTL: -1, grantedTTL: 0, keys: [] };
  return {
    header: header(context),
    ID,
    TTL: Math.max(0, Math.floor(lease.remainingMs / 1000)),
    grantedTTL: lease.ttlMs / 1000,
    keys: keys ? lease.keys.map(toBuffer) : [],
  };
}
