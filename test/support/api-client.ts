/** A client of the API whose types a public generator made of the OpenAPI document. */
import { once } from "node:events";
import { type ClientRequest, request as requestHttp, type IncomingMessage } from "node:http";
import { request as requestHttps } from "node:https";
import { text } from "node:stream/consumers";
import type { paths } from "../golden/api/paths.mts";

export type ClientOptions =
  | { readonly socketPath: string }
  | {
      readonly host: string;
      readonly port: number;
      /** Left out: no TLS. */
      readonly ca?: string | Buffer;
      readonly servername?: string;
      readonly token?: string | null;
    };

type Ok<Operation> = Operation extends {
  responses: { 200: { content: { "application/json": infer Body } } };
}
  ? Body
  : never;
type Sent<Operation> = Operation extends {
  requestBody?: { content: { "application/json": infer Body } };
}
  ? Body
  : never;
type Getting<Path extends keyof paths> = paths[Path] extends { get: infer Operation } ? Operation : never;
type Posting<Path extends keyof paths> = paths[Path] extends { post: infer Operation } ? Operation : never;

export interface Answered<Body> {
  readonly status: number;
  /** Where `status` is 200. */
  readonly body: Body;
}

export class ApiClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  get<Path extends keyof paths>(
    path: Path,
    named: Readonly<Record<string, string>> = {},
  ): Promise<Answered<Ok<Getting<Path>>>> {
    return this.#send("GET", path, named, null);
  }

  post<Path extends keyof paths>(
    path: Path,
    named: Readonly<Record<string, string>>,
    body: Sent<Posting<Path>>,
  ): Promise<Answered<Ok<Posting<Path>>>> {
    return this.#send("POST", path, named, body);
  }

  async #send<Body>(
    method: string,
    template: string,
    named: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<Answered<Body>> {
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => named[name] ?? "");
    const request = this.#open(method, path);
    if (body !== null) request.setHeader("content-type", "application/json");
    request.end(body === null ? undefined : JSON.stringify(body));
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const said = await text(response);
    return { status: response.statusCode ?? 0, body: JSON.parse(said) as Body };
  }

  #open(method: string, path: string): ClientRequest {
    const options = this.#options;
    if ("socketPath" in options) return requestHttp({ ...options, method, path, agent: false });
    const { token = null, ...where } = options;
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const all = { ...where, method, path, headers, agent: false };
    return "ca" in options ? requestHttps(all) : requestHttp(all);
  }
}
