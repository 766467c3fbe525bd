/** What changes have in common. */
import Type, { type Static, type TProperties } from "typebox";
import type { ErrorCode } from "../../model/errors.ts";
import type { Actions, Asked, Call, Changed, Edit } from "../ports.ts";
import {
  type Answer,
  type Answered,
  type Circumstances,
  type Route,
  type RouteHead,
  route,
} from "../route.ts";
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

type Fields<P extends TProperties> = Static<ReturnType<typeof Type.Object<P>>>;

interface ChangeSpec<P extends TProperties, B extends TProperties> extends Pick<
  RouteHead,
  "path" | "id" | "tag" | "summary" | "description"
> {
  readonly params: P;
  /** Of the body. */
  readonly fields: B;
}

/** `POST`: an edit of the files, made of the path and the body. */
export function editRoute<P extends TProperties, B extends TProperties>(
  actions: Actions,
  spec: ChangeSpec<P, B> & {
    readonly needsOne?: true;
    /** @throws KeelError `request-invalid` */
    readonly edit: (params: Fields<P>, body: Fields<B>) => Edit;
  },
): Route {
  const { fields, needsOne = false, edit, ...head } = spec;
  return route({
    ...head,
    method: "POST",
    role: "operator",
    query: dryRun,
    body: Type.Object(fields, { additionalProperties: false, ...(needsOne ? { minProperties: 1 } : {}) }),
    answers: { 200: changedAnswer },
    errors: editErrors,
    handle: async ({ params, query, body, ...rest }) =>
      changed(await actions.edit(edit(params, body), callOf(rest, query))),
  });
}

/** `POST`: a person's word, which no file holds: a request, used once. */
export function wordRoute<P extends TProperties, B extends TProperties>(
  spec: ChangeSpec<P, B> & {
    readonly errors?: readonly ErrorCode[];
    /** What 202 says. */
    readonly done: string;
    readonly ask: (params: Fields<P>, body: Fields<B>, call: Call) => Promise<Asked>;
  },
): Route {
  const { fields, errors = [], done, ask, ...head } = spec;
  return route({
    ...head,
    method: "POST",
    role: "admin",
    query: dryRun,
    body: Type.Object(fields, { additionalProperties: false }),
    answers: { 202: { description: done, schema: ref("Asked") } },
    errors: [...editErrors, ...errors],
    handle: async ({ params, query, body, ...rest }) => ({
      status: 202,
      body: await ask(params, body, callOf(rest, query)),
    }),
  });
}
