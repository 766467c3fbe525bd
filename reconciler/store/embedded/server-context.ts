import type { handleUnaryCall } from "@grpc/grpc-js";
import type { StoreCore } from "../core/store-core.ts";
import type { Journal } from "./journal.ts";
import type { Header } from "./messages.ts";
import type { Quota } from "./quota.ts";
import { errorAnswer, stoppedRefusal } from "./refusal.ts";

/** What every service of the embedded server works on. */
export interface ServerContext {
  readonly core: StoreCore;
  readonly journal: Journal;
  readonly quota: Quota;
  readonly storeId: string;
  readonly endpoint: string;
}

export function header({ core, storeId }: ServerContext, revision = core.revision): Header {
  return { cluster_id: storeId, member_id: "1", revision, raft_term: 1 };
}

/**
 * A call with one answer. It is carried out at once; its answer, or refusal, is given when all that the core did up to
 * then is on disk: what a reader is shown can't be lost afterwards either.
 */
export function unary<Request, Response>(
  context: ServerContext,
  carryOut: (request: Request) => Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    let answer: () => void;
    try {
      const response = carryOut(call.request);
      answer = () => callback(null, response);
    } catch (error) {
      answer = () => callback(errorAnswer(error));
    }
    context.journal.flushed().then(answer, (error: unknown) => callback(errorAnswer(stoppedRefusal(error))));
  };
}
