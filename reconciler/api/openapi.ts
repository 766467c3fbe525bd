/** The OpenAPI 3.1 document, made of the routes themselves. */
import type { TProperties, TSchema } from "typebox";
import { type ErrorCode, errorCatalogue } from "../model/errors.ts";
import { readsKeyword } from "../desired/schema/fields.ts";
import { problemType } from "./problem.ts";
import type { Answered, Route } from "./route.ts";
import { components } from "./schema/components.ts";

/** The version of the API, not of the program: it changes with what programs may rely on. */
export const apiVersion = "1.0.0";

/** What any route may answer besides its own. */
const everywhere: readonly ErrorCode[] = ["request-invalid", "timed-out"];

export function openApiOf(routes: readonly Route[], version: string): Record<string, unknown> {
  const paths = Map.groupBy(routes, ({ path }) => path);
  return {
    openapi: "3.1.0",
    info: {
      title: "Evenkeel",
      version,
      description:
        "What `keel` does, for programs: reads answer the JSON of `keel … -o json`, changes edit the files of the cluster as its verbs do. Errors are problem details (RFC 9457) with codes of one catalogue.",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: Object.fromEntries(
      [...paths].map(([path, all]) => [
        path,
        Object.fromEntries(all.map((each) => [each.method.toLowerCase(), operationOf(each)])),
      ]),
    ),
    components: {
      schemas: Object.fromEntries(Object.entries(components).map(([name, schema]) => [name, plain(schema)])),
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "Over TLS: a token of `keel token create`. The unix socket asks for none.",
        },
      },
    },
  };
}

/** The file's text. */
export function openApiText(routes: readonly Route[], version: string): string {
  return `${JSON.stringify(openApiOf(routes, version), null, 2)}\n`;
}

/** The statuses that a route may answer with. */
export function statusesOf(route: Route): readonly number[] {
  return [...Object.keys(route.answers).map(Number), ...problemsOf(route).keys()];
}

function operationOf(route: Route): Record<string, unknown> {
  const { id, tag, summary, description, role } = route;
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(role === null ? {} : { "security": [{ token: [] }], "x-role": role }),
    parameters: [...parameters(route.params, "path"), ...parameters(route.query, "query"), ...headers(route)],
    ...bodyOf(route),
    responses: Object.fromEntries([
      ...Object.entries(route.answers).map(([status, answer]) => [status, answerOf(answer)]),
      ...[...problemsOf(route)].map(([status, codes]) => [String(status), problemAnswer(codes)]),
    ]),
  };
}

function headers({ method, role, headers: own = {} }: Route): readonly Record<string, unknown>[] {
  const ifMatch = "An ETag: the change is made only where what it was read from is still in force.";
  const all = method === "GET" || role === null ? own : { "If-Match": ifMatch, ...own };
  return Object.entries(all).map(([name, description]) => ({
    name,
    in: "header",
    required: false,
    description,
    schema: { type: "string" },
  }));
}

function parameters(fields: TProperties, place: "path" | "query"): readonly Record<string, unknown>[] {
  return Object.entries(fields).map(([name, schema]) => {
    const { description, ...rest } = plainObject(schema);
    const required = place === "path" || !isOptional(schema);
    return { name, in: place, required, ...(description === undefined ? {} : { description }), schema: rest };
  });
}

function bodyOf({ body, texts = [] }: Route): Record<string, unknown> {
  if (body === null) return {};
  const content = {
    "application/json": { schema: plain(body) },
    ...Object.fromEntries(texts.map((type) => [type, { schema: { type: "string" } }])),
  };
  return { requestBody: { required: "required" in body || texts.length > 0, content } };
}

function answerOf({ description, schema, type = "application/json" }: Answered): Record<string, unknown> {
  return {
    description,
    content: { [type]: { schema: schema === null ? { type: "string" } : plain(schema) } },
  };
}

function problemAnswer(codes: readonly string[]): Record<string, unknown> {
  return {
    description: codes.map((code) => `\`${code}\``).join(", "),
    content: { [problemType]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function problemsOf(route: Route): ReadonlyMap<number, readonly string[]> {
  const authorised: readonly ErrorCode[] =
    route.role === null ? [] : ["unauthenticated", "forbidden", "too-many-failures"];
  const sent: readonly ErrorCode[] = route.body === null ? [] : ["body-too-large", "media-type"];
  const codes = [...new Set([...everywhere, ...authorised, ...sent, ...route.errors])];
  const byStatus = Map.groupBy(codes, (code) => errorCatalogue[code].http);
  return new Map([...byStatus].sort(([a], [b]) => a - b));
}

function isOptional(schema: TSchema): boolean {
  return "~optional" in schema;
}

function plainObject(schema: TSchema): Record<string, unknown> {
  const made = plain(schema);
  return typeof made === "object" && made !== null ? { ...made } : {};
}

/** As plain JSON Schema: without what only our validator knows, and with references as OpenAPI has them. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== readsKeyword)
      .map(([key, value]) =>
        key === "$ref" ? [key, `#/components/schemas/${String(value)}`] : [key, plain(value)],
      ),
  );
}
