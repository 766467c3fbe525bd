import { status, type ServiceError } from "@grpc/grpc-js";
import { CoreError, type CoreErrorCode } from "../core/core-error.ts";
import { messageOf } from "../../model/thrown.ts";

/** A request is answered with an error; code and text are what etcd would answer. */
export class Refusal extends Error {
  readonly code: status;

  constructor(code: status, text: string, options?: ErrorOptions) {
    super(`etcdserver: ${text}`, options);
    this.name = "Refusal";
    this.code = code;
  }
}

const refusals: Readonly<Record<CoreErrorCode, readonly [status, string]>> = {
  "compacted": [status.OUT_OF_RANGE, "mvcc: required revision has been compacted"],
  "future-revision": [status.OUT_OF_RANGE, "mvcc: required revision is a future revision"],
  "empty-key": [status.INVALID_ARGUMENT, "key is not provided"],
  "key-not-found": [status.INVALID_ARGUMENT, "key not found"],
  "duplicate-key": [status.INVALID_ARGUMENT, "duplicate key given in txn request"],
  "lease-not-found": [status.NOT_FOUND, "requested lease not found"],
  "lease-exists": [status.FAILED_PRECONDITION, "lease already exists"],
  "lease-ttl": [status.OUT_OF_RANGE, "too large lease TTL"],
};

/** What the client is told of an error; one that nobody foresaw is a defect of ours, and says what it is. */
export function errorAnswer(error: unknown): Pick<ServiceError, "code" | "details"> {
  if (error instanceof Refusal) return { code: error.code, details: error.message };
  if (error instanceof CoreError) {
    const [code, text] = refusals[error.code];
    return { code, details: `etcdserver: ${text}` };
  }
  return { code: status.INTERNAL, details: messageOf(error) };
}

/** The server cannot keep what it was given; whether it did is not known to the client. */
export function stoppedRefusal(cause: unknown): Refusal {
  return new Refusal(status.UNAVAILABLE, "server stopped", { cause });
}
