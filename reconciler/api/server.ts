/** The HTTP server: from what arrives to a route, and from what it answers to what is sent. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { createServer as createHttp, type Server as HttpServer } from "node:http";
import { createServer as createHttps } from "node:https";
import { Readable } from "node:stream";
import { jsonLineOf } from "../control/report/json.ts";
import type { Clock } from "../model/clock.ts";
import { KeelError } from "../model/errors.ts";
import type { Log } from "../runtime/log.ts";
import type { Audited } from "./audit.ts";
import type { Caller } from "./caller.ts";
import { within } from "./deadline.ts";
import type { Identify } from "./identify.ts";
import { defectProblem, DetailedError, type Problem, problemOf, problemType } from "./problem.ts";
import type { Answer, Method, Route } from "./route.ts";

export interface ServerOptions {
  readonly routes: readonly Route[];
  readonly clock: Clock;
  readonly log: Log;
  /** Who asks. @throws KeelError where nobody is to be let in */
  readonly identify: Identify;
  /** Told each change that somebody known asked for. Never rejects. */
  readonly audit: (audited: Audited) => Promise<void>;
  /** null: not over TLS. */
  readonly tls: { readonly cert: string | Buffer; readonly key: string | Buffer } | null;
  /** What an error that is none of the catalogue means; null: it is a defect. */
  readonly explain: (error: unknown) => KeelError | null;
}

/** Far more than any document; a whole folder belongs in files. */
const bodyMax = 1_048_576;
/** To send a request in, and to wait for its answer. */
const requestMs = 30_000;
const answerMs = 60_000;

export type ApiServer = FastifyInstance;

/** Not yet listening. */
export function createServer(options: ServerOptions): ApiServer {
  const { tls } = options;
  const server = Fastify({
    logger: false,
    bodyLimit: bodyMax,
    serverFactory: (handler) => limited(tls === null ? createHttp(handler) : createHttps(tls, handler)),
    forceCloseConnections: true,
    exposeHeadRoutes: false,
    routerOptions: { maxParamLength: 128 },
  });
  const texts = new Set(options.routes.flatMap((route) => route.texts ?? []));
  for (const type of texts) {
    server.addContentTypeParser(type, { parseAs: "string" }, async (_: unknown, body: string) => body);
  }
  for (const route of options.routes) {
    server.route({
      method: route.method,
      url: route.path.replaceAll(/\{(\w+)\}/g, ":$1"),
      handler: (request, reply) => serve(options, route, request, reply),
    });
  }
  server.setErrorHandler((error, request, reply) => {
    send(reply, problemAnswer(problemFor(asSent(error, request), options)));
  });
  server.setNotFoundHandler((request, reply) => {
    send(reply, problemAnswer(problemOf(notThere(options.routes, request))));
  });
  server.addHook("onResponse", async (request, reply) => {
    const { method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime);
    // The route, not what was asked for: somebody may have put a secret there.
    options.log.debug("answered", { method, route: routeOptions.url, status: reply.statusCode, ms });
  });
  return server;
}

/** A request that comes in too slowly is cut off. */
function limited(server: HttpServer): HttpServer {
  server.requestTimeout = requestMs;
  server.headersTimeout = requestMs / 2;
  server.maxHeadersCount = 100;
  return server;
}

async function serve(
  options: ServerOptions,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  send(reply, await answerOf(options, route, request));
  return reply;
}

/** Never rejects. */
async function answerOf(options: ServerOptions, route: Route, request: FastifyRequest): Promise<Answer> {
  const { params, query, body, headers } = request;
  let caller: Caller | null = null;
  let answer: Answer;
  let refused: Problem["code"] | null = null;
  try {
    const known = await options.identify(request, route);
    caller = known;
    const ifMatch = headers["if-match"] ?? null;
    const lastEventId = headers["last-event-id"]?.toString() ?? null;
    answer = await within(options.clock, answerMs, (signal) =>
      route.handle({ caller: known, params, query, body, ifMatch, lastEventId, signal }),
    );
  } catch (error) {
    const problem = problemFor(error, options);
    refused = problem.code;
    answer = problemAnswer(problem);
  }
  if (caller !== null && route.method !== "GET" && !isDryRun(query))
    await options.audit({ caller, route, params, refused });
  return answer;
}

function isDryRun(query: unknown): boolean {
  return typeof query === "object" && query !== null && "dryRun" in query && String(query.dryRun) === "true";
}

function send(reply: FastifyReply, { status, body, type = "application/json", headers = {} }: Answer): void {
  void reply
    .code(status)
    .headers({ "cache-control": "no-store", "x-content-type-options": "nosniff", ...headers })
    .type(type.includes("charset") ? type : `${type}; charset=utf-8`)
    .send(typeof body === "string" || body instanceof Readable ? body : `${jsonLineOf(body)}\n`);
}

function problemAnswer(problem: Problem): Answer {
  return { status: problem.status, body: problem, type: problemType, headers: headersOf(problem) };
}

function headersOf({ code, status }: Problem): Readonly<Record<string, string>> {
  if (code === "unauthenticated") return { "www-authenticate": 'Bearer realm="keel"' };
  return status === 429 || status === 503 ? { "retry-after": code === "too-many-failures" ? "60" : "5" } : {};
}

function problemFor(error: unknown, { explain, log }: ServerOptions): Problem {
  if (error instanceof DetailedError) return problemOf(error.error, error.details);
  const known = error instanceof KeelError ? error : explain(error);
  if (known !== null) return problemOf(known);
  log.error("a request failed", { error: error instanceof Error ? (error.stack ?? error.message) : "?" });
  return defectProblem();
}

/** What could not even be read, as Fastify tells it. */
function asSent(error: unknown, request: FastifyRequest): unknown {
  if (!(error instanceof Error) || !("statusCode" in error)) return error;
  switch (error.statusCode) {
    case 413:
      return new KeelError("body-too-large", { limit: bodyMax });
    case 415: {
      const type = request.headers["content-type"] ?? "A body without Content-Type";
      return new KeelError("media-type", { type: type.slice(0, 80), allowed: "application/json" });
    }
    case 400:
      return new KeelError("request-invalid", { problem: `The request cannot be read: ${error.message}.` });
    default:
      return error;
  }
}

/** Nothing is there, or nothing that takes this method. */
function notThere(routes: readonly Route[], request: FastifyRequest): KeelError {
  const path = pathOf(request);
  const there = routes.filter((route) => fits(route.path, path)).map(({ method }): Method => method);
  if (there.length === 0) return new KeelError("no-route", { path });
  const allowed = [...new Set(there)].join(", ");
  return new KeelError("method-not-allowed", { path, method: request.method, allowed });
}

function fits(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length && wanted.every((part, at) => part.startsWith("{") || part === given[at])
  );
}

/** Without the query, which is nobody's business but the route's. */
function pathOf({ url }: FastifyRequest): string {
  return (url.split("?")[0] ?? "").slice(0, 200);
}
