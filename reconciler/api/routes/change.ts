/** What changes have in common. */
import Type from "typebox";
import type { ErrorCode } from "../../model/errors.ts";
import type { Call, Changed } from "../ports.ts";
import type { Answer, Answered, Circumstances } from "../route.ts";
import { ref } from "../schema/shapes.ts";

export const dryRun = {
  dryRun: Type.Optional(
    Type.Boolean({ description: "Change nothing, and tell what would be done.", default: false }),
  ),
};

/** Of an edit of the files. */
export const editErrors: readonly ErrorCode[] = [
  "not-found",
  "refused",
  "edit-conflict",
  "apply-conflict",
  "precondition-failed",
  "source-elsewhere",
  "source-invalid",
  "source-suspect",
  "source-unreadable",
  "cluster-renamed",
  "store-unreachable",
  "store-frozen",
  "overloaded",
  "failed",
  "store-damaged",
];

export const changedAnswer: Answered = {
  description: "It is in force, and what it takes is being done; or what would be, of a dry run.",
  schema: ref("Changed"),
};

export function callOf(
  { caller, ifMatch, signal }: Circumstances,
  query: { readonly dryRun?: boolean },
): Call {
  return { caller, ifMatch, signal, dryRun: query.dryRun ?? false };
}

export function changed(body: Changed, status = 200): Answer {
  return { status: body.dryRun ? 200 : status, body };
}
