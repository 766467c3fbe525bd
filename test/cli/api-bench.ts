/** The API over a virtual cluster, in this process: requests are injected, and each answer is held against the document. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { openApi } from "../../cli/api/serve.ts";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { byToken, ownerOfSocket } from "../../reconciler/api/identify.ts";
import type { ApiServer } from "../../reconciler/api/server.ts";
import { type Log, silentLog } from "../../reconciler/runtime/log.ts";
import { repositoryRoot } from "../support/root.ts";
import type { Bench } from "./bench.ts";
import { appliedBench } from "./verb-bench.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  /** As JSON says it; text of other kinds as it is. */
  readonly body: unknown;
}

export interface SendOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export class ApiBench implements AsyncDisposable {
  readonly bench: Bench;
  readonly server: ApiServer;

  /** `feed`: where it is not the cluster's own. */
  static async open(given?: Bench, feed?: ClusterFeed): Promise<ApiBench> {
    const bench = given ?? (await appliedBench());
    const context = bench.context();
    const parts = { feed: feed ?? bench.cluster.feed, log: silentLog, id: "test" };
    const server = await openApi(context, parts);
    return new ApiBench(bench, server({ identify: ownerOfSocket(context.user), tls: null }));
  }

  /** As it is reached over a network: by tokens. What it logs is told line by line. */
  static async remote(told: (line: string) => void = () => undefined): Promise<ApiBench> {
    const bench = await appliedBench();
    const context = bench.context();
    const { feed, keys } = bench.cluster;
    const log = tellingLog(told);
    const server = await openApi(context, { feed, log, id: "test" });
    const identify = byToken({ store: bench.cluster.client(), keys, clock: bench.clock, log });
    return new ApiBench(bench, server({ identify, tls: null }));
  }

  /** Makes a token. */
  async token(name: string, role: string, more = ""): Promise<string> {
    const { out } = await this.bench.keel(`token create ${name} --role ${role}${more}`);
    return out.trim();
  }

  private constructor(bench: Bench, server: ApiServer) {
    this.bench = bench;
    this.server = server;
  }

  /** `GET /api/v1/vm`. Fails where the answer is not as the document says. */
  async send(line: string, { body, headers = {} }: SendOptions = {}): Promise<Reply> {
    const [method = "", url = ""] = line.split(" ");
    const response = await this.server.inject({
      method: method as "GET",
      url,
      headers,
      ...(body === undefined ? {} : { payload: body as string | object }),
    });
    const reply = {
      status: response.statusCode,
      headers: response.headers,
      body: parsed(response.body, String(response.headers["content-type"])),
    };
    assertAsDescribed(method, url, reply);
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server.close();
    await this.bench[Symbol.asyncDispose]();
  }
}

function tellingLog(told: (line: string) => void): Log {
  const tell = (message: string, fields: object = {}): void => told(JSON.stringify({ message, ...fields }));
  return { debug: tell, info: tell, warn: tell, error: tell };
}

function parsed(text: string, type: string): unknown {
  return /[/+]json/.test(type) ? JSON.parse(text) : text;
}

interface Operation {
  readonly parameters?: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, Media>> }>>;
}

interface Media {
  readonly schema: object;
}

export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export const openApiDocument = JSON.parse(
  readFileSync(join(repositoryRoot, "docs/schema/openapi.json"), "utf8"),
) as OpenApiDocument;

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: "openapi.json", components: openApiDocument.components });
const compiled = new Map<object, ValidateFunction>();

/** That the status is one the document lists for the route, and that the body is of its schema. */
export function assertAsDescribed(method: string, url: string, { status, headers, body }: Reply): void {
  const [path = ""] = url.split("?");
  const template = Object.keys(openApiDocument.paths).find((each) => fits(each, path));
  const operation = openApiDocument.paths[template ?? ""]?.[method.toLowerCase()];
  if (operation === undefined) {
    // Its body may be refused before anybody looks at the route.
    assert.ok([400, 404, 405, 413, 415].includes(status), `${method} ${url}: ${String(status)}`);
    return;
  }
  const response = operation.responses[String(status)];
  assert.ok(
    response,
    `${method} ${url} answers ${String(status)}, which is not in the document: ${show(body)}`,
  );
  const type = String(headers["content-type"]).split(";")[0] ?? "";
  const media = Object.entries(response.content ?? {}).find(([each]) => each.split(";")[0] === type)?.[1];
  assert.ok(media, `${method} ${url} answers ${type}, which is not in the document`);
  const validate = compiled.get(media) ?? ajv.compile(inDocument(media.schema));
  compiled.set(media, validate);
  assert.ok(validate(body), `${method} ${url}: ${ajv.errorsText(validate.errors)}: ${show(body)}`);
}

function fits(template: string, path: string): boolean {
  const [wanted, given] = [template.split("/"), path.split("/")];
  return (
    wanted.length === given.length &&
    wanted.every((part, at) => (part.startsWith("{") ? given[at] !== "" : part === given[at]))
  );
}

function inDocument(schema: object): object {
  const text = JSON.stringify(schema).replaceAll('"#/components/', '"openapi.json#/components/');
  return JSON.parse(text) as object;
}

function show(body: unknown): string {
  return JSON.stringify(body)?.slice(0, 400) ?? "";
}
