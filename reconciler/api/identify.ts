/** Who asks, and whether he may. */
import type { FastifyRequest } from "fastify";
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import type { Log } from "../runtime/log.ts";
import type { ClusterKeys } from "../store/keys.ts";
import type { Store } from "../store/store.ts";
import { type Caller, mayAs } from "./caller.ts";
import { Failures } from "./failures.ts";
import type { Route } from "./route.ts";
import { callerOf } from "./tokens.ts";

export type Identify = (request: FastifyRequest, route: Route) => Promise<Caller>;

/** Whoever may open the socket is the user that it belongs to, and may everything. */
export function ownerOfSocket(user: string): Identify {
  return async () => ({ name: user, role: "admin" });
}

export interface TokenOptions {
  readonly store: Store;
  readonly keys: ClusterKeys;
  readonly clock: Clock;
  readonly log: Log;
}

/** By the token of `Authorization: Bearer`. @throws KeelError `unauthenticated`, `too-many-failures`, `forbidden` */
export function byToken({ store, keys, clock, log }: TokenOptions): Identify {
  const failures = new Failures(() => clock.monotonic());
  return async ({ headers, ip }, route) => {
    if (route.role === null) return { name: "anybody", role: "viewer" };
    failures.check(ip);
    try {
      const caller = await callerOf(store, keys, tokenIn(headers.authorization), clock.now());
      return allowed(caller, route);
    } catch (error) {
      if (error instanceof KeelError && error.code === "unauthenticated") {
        failures.note(ip);
        log.warn("a request was not let in", { address: ip, why: error.message });
      }
      throw error;
    }
  };
}

/** @throws KeelError `unauthenticated` */
function tokenIn(header: string | undefined): string {
  if (header === undefined) throw new KeelError("unauthenticated", { why: "No token was sent" });
  const token = /^Bearer +(\S{1,200}) *$/i.exec(header)?.[1];
  if (token === undefined)
    throw new KeelError("unauthenticated", { why: "What was sent is no bearer token" });
  return token;
}

/** @throws KeelError `forbidden` */
function allowed(caller: Caller, { role }: Route): Caller {
  if (role === null || mayAs(caller.role, role)) return caller;
  throw new KeelError("forbidden", { who: caller.name, role: caller.role, needed: role });
}
