/** One route: what it takes and answers, from which both the server and the OpenAPI document are made. */
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import Type, { type Static, type TProperties, type TSchema } from "typebox";
import { type ErrorCode, KeelError } from "../model/errors.ts";
import type { Caller, Role } from "./caller.ts";

export const methods = ["GET", "POST", "PUT", "DELETE"] as const;
export type Method = (typeof methods)[number];

export interface Answer {
  readonly status: number;
  /** Written as `keel -o json` does; text, and what is read from a stream, is sent as it is. */
  readonly body: unknown;
  /** Left out: JSON. */
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What is the same in every request. */
export interface Circumstances {
  readonly caller: Caller;
  /** Of `If-Match`; null: it was not sent. */
  readonly ifMatch: string | null;
  /** Of `Last-Event-ID`; null: it was not sent. */
  readonly lastEventId: string | null;
  /** Aborted when the answer is late, or nobody waits for it any more. */
  readonly signal: AbortSignal;
}

export interface RawRequest extends Circumstances {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export interface Answered {
  readonly description: string;
  /** null: text of `type`. */
  readonly schema: TSchema | null;
  readonly type?: string;
}

export interface RouteHead {
  readonly method: Method;
  /** `/api/v1/vm/{vm}`. */
  readonly path: string;
  /** Unique; the name of the call in generated clients. */
  readonly id: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  /** null: needs no token. */
  readonly role: Role | null;
  /** Other media types of the body, which arrive as text; JSON is then handed on as it came, for their reader. */
  readonly texts?: readonly string[];
  /** Headers that it looks at, and what they say. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly answers: Readonly<Record<number, Answered>>;
  /** Besides those that every route may give. */
  readonly errors: readonly ErrorCode[];
}

export interface Route extends RouteHead {
  readonly params: TProperties;
  readonly query: TProperties;
  /** null: takes none. */
  readonly body: TSchema | null;
  handle(request: RawRequest): Promise<Answer>;
}

interface RouteSpec<P extends TProperties, Q extends TProperties, B extends TSchema> extends RouteHead {
  readonly params: P;
  readonly query: Q;
  readonly body: B | null;
  handle(request: TypedRequest<P, Q, B>): Promise<Answer>;
}

export interface TypedRequest<
  P extends TProperties,
  Q extends TProperties,
  B extends TSchema,
> extends Circumstances {
  readonly params: Static<ReturnType<typeof Type.Object<P>>>;
  readonly query: Static<ReturnType<typeof Type.Object<Q>>>;
  readonly body: Static<B>;
  /** As it came, for a route with `texts`. */
  readonly sent: unknown;
}

/** The route, for the server: what arrives is checked before it is handled. */
export function route<P extends TProperties, Q extends TProperties, B extends TSchema>(
  spec: RouteSpec<P, Q, B>,
): Route {
  const isParams = check<TypedRequest<P, Q, B>["params"]>(Type.Object(spec.params));
  const isQuery = check<TypedRequest<P, Q, B>["query"]>(
    Type.Object(spec.query, { additionalProperties: false }),
    { coerceTypes: true },
  );
  // What a body without a reader of its own must be; one that has such a reader is left to it.
  const isBody = check<Static<B>>(
    spec.body === null || spec.texts !== undefined ? Type.Object({}) : spec.body,
  );
  return {
    ...spec,
    handle: async ({ params, query, body, ...circumstances }) => {
      const typed = {
        params: accepted(params, isParams, "path"),
        query: accepted(query, isQuery, "query"),
        body: accepted(spec.texts === undefined ? (body ?? {}) : {}, isBody, "body"),
        sent: body,
      };
      return spec.handle({ ...circumstances, ...typed });
    },
  };
}

type Check<T> = () => ValidateFunction<T>;

/** Compiled when it is first needed. */
function check<T>(schema: TSchema, options: { readonly coerceTypes?: boolean } = {}): Check<T> {
  let compiled: ValidateFunction<T> | null = null;
  return () => (compiled ??= new Ajv({ allErrors: true, strict: false, ...options }).compile<T>(schema));
}

/** @throws KeelError `request-invalid` */
function accepted<T>(value: unknown, isFit: Check<T>, part: string): T {
  const validate = isFit();
  if (validate(value)) return value;
  throw new KeelError("request-invalid", { problem: problemsIn(validate.errors ?? [], part) });
}

const shownMax = 5;

function problemsIn(errors: readonly ErrorObject[], part: string): string {
  const found = errors.slice(0, shownMax).map(({ instancePath, message, params }) => {
    const where = `${part}${instancePath.replaceAll("/", ".")}`;
    const more = "additionalProperty" in params ? ` (${String(params["additionalProperty"])})` : "";
    const words = "allowedValues" in params ? `: ${JSON.stringify(params["allowedValues"])}` : "";
    return `${where} ${message ?? "is not legal"}${more}${words}`;
  });
  return `Not understood: ${found.join("; ")}.`;
}
