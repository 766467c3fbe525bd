import * as etcd from "etcd3";
import { StoreError, type StoreErrorCode } from "../store.ts";
import { asError } from "../../model/thrown.ts";

/** What a failed call means for what it asked. */
export type Failure =
  /** The store said no: nothing was done, and asking again gets the same answer. */
  | { readonly kind: "refused"; readonly error: StoreError }
  /** Nothing was done; another member may do it. */
  | { readonly kind: "not-done"; readonly cause: Error }
  /** It may have been done. */
  | { readonly kind: "unknown"; readonly cause: Error };

/** Reads it off what etcd3 threw. Where in doubt, the outcome is unknown. */
export function failureOf(thrown: unknown): Failure {
  const cause = asError(thrown);
  const code = refusalCode(cause);
  if (code !== null) return { kind: "refused", error: new StoreError(code, plainText(cause), { cause }) };
  return { kind: wasNeverSent(cause) || wasTurnedAway(cause) ? "not-done" : "unknown", cause };
}

/** Whether the revision asked for is no longer kept. */
export function isCompacted(error: unknown): boolean {
  return error instanceof StoreError && error.message.includes("required revision has been compacted");
}

/** Which keys it was about that somebody may not touch, and what to do where its role is of an earlier version. */
export function aboutKeys(error: unknown, keys: readonly string[]): unknown {
  if (!(error instanceof StoreError) || error.code !== "denied") return error;
  if (!(error.cause instanceof etcd.EtcdPermissionDeniedError)) return error;
  const shown = [...new Set(keys)].slice(0, shownKeys).join(", ");
  const more = keys.length > shownKeys ? ", …" : "";
  const text = `${error.message} (${shown}${more}); after an upgrade \`keel store roles\` shows what a role lacks`;
  return new StoreError("denied", text, { cause: error.cause });
}

const shownKeys = 5;

function refusalCode(error: Error): StoreErrorCode | null {
  if (error instanceof etcd.EtcdLeaseInvalidError) return "lease-gone";
  if (isDenied(error)) return "denied";
  if (/too many operations in txn|request is too large|message larger than max/.test(error.message))
    return "too-large";
  if (error.message.includes("database space exceeded")) return "no-space";
  return isRejected(error) ? "rejected" : null;
}

function isDenied(error: Error): boolean {
  return (
    error instanceof etcd.EtcdPermissionDeniedError ||
    error instanceof etcd.EtcdAuthenticationFailedError ||
    error instanceof etcd.EtcdInvalidAuthTokenError ||
    error instanceof etcd.GRPCUnauthenticatedError ||
    error.message.includes("etcdserver: user name is empty")
  );
}

function isRejected(error: Error): boolean {
  return (
    error instanceof etcd.GRPCInvalidArgumentError ||
    error instanceof etcd.GRPCFailedPreconditionError ||
    error instanceof etcd.GRPCOutOfRangeError ||
    error instanceof etcd.GRPCNotFoundError ||
    error instanceof etcd.GRPCAlreadyExistsError ||
    error instanceof etcd.GRPCNotImplementedError
  );
}

/** The gRPC library's words for a call that never got a connection. */
function wasNeverSent({ message }: Error): boolean {
  if (/No connection established|Channel closed before call started|Name resolution failed/.test(message))
    return true;
  return /Deadline exceeded.*Waiting for LB pick/.test(message) && !message.includes("remote_addr=");
}

/** A member with too much to do says so before it begins. */
function wasTurnedAway({ message }: Error): boolean {
  return message.includes("etcdserver: too many requests");
}

/** What the server, or the system, said: without the library's class and code names around it. */
export function plainText({ message }: Error): string {
  const said = message.slice(Math.max(0, message.indexOf("etcdserver: ")));
  return said
    .replace(/^(?:\w+: )?\d+ [A-Z_]+: /, "")
    .replace(/^No connection established\. Last error: (?:Error: )?/, "")
    .replace(/\.? Resolution note: .*$/s, "")
    .trim();
}
