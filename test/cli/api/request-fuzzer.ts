/** Makes requests of an OpenAPI document: mostly what a schema allows, now and then what it does not. */
import type { SeededRandom } from "../../../simulator/seeded-random.ts";
import type { OpenApiDocument, SendOptions } from "../api-bench.ts";

interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body: Schema | null;
}

/** Names that are there, or may come to be. */
const names = ["web1", "web2", "db1", "hv1", "hv2", "hv3", "servers", "default", "fuzz1", "fuzz2", "nobody"];
const oddities: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1e308,
  "",
  " ",
  "no",
  "../../etc/passwd",
  "\u0000",
  "\u202e𝔵",
  "a".repeat(300),
  "{{}}",
  [],
  [[]],
  {},
  { __proto__: null },
  { constructor: { prototype: 1 } },
  "&a [*a]",
  "web1\nstate: absent",
];
const queries = [
  "",
  "?dryRun=true",
  "?dryRun=maybe",
  "?x=1",
  "?dryRun=true&dryRun=false",
  "?%",
  "?__proto__=1",
];
const texts = [
  "kind: VM\nname: fuzz3\nmemory: 1GiB\n",
  "kind: VM\nname: fuzz4\nmemory: 1GiB\n---\nkind: Node\nname: hv9\n",
  "kind: VM\n\tname: x",
  "a: &a [*a]",
  "<domain type='kvm'><name>fuzz5</name><memory>1048576</memory></domain>",
  "<domain",
  "",
];

export class RequestFuzzer {
  readonly #document: OpenApiDocument;
  readonly #random: SeededRandom;
  readonly #calls: readonly Call[];

  constructor(document: OpenApiDocument, random: SeededRandom) {
    this.#document = document;
    this.#random = random;
    // A stream has no end to wait for.
    this.#calls = callsOf(document).filter(({ path }) => !path.endsWith("/stream"));
  }

  next(): { readonly line: string; readonly options: SendOptions } {
    const call = this.#pick(this.#calls);
    const path = call.path.replaceAll(/\{(\w+)\}/g, () => encodeURIComponent(this.#name()));
    const method = this.#random.chance(0.03) ? this.#pick(["GET", "PUT", "DELETE", "POST"]) : call.method;
    const headers = this.#random.chance(0.1) ? { "if-match": this.#ifMatch() } : {};
    const line = `${method} ${path}${this.#query(call)}`;
    if (method === "GET" || method === "DELETE") return { line, options: { headers } };
    return { line, options: this.#sent(call, headers) };
  }

  #sent(call: Call, headers: Readonly<Record<string, string>>): SendOptions {
    if (call.path === "/api/v1/vm" && this.#random.chance(0.3)) {
      const type = this.#pick(["application/yaml", "application/xml", "application/json", "text/plain"]);
      return { headers: { ...headers, "content-type": type }, body: this.#pick(texts) };
    }
    const body = call.body === null ? {} : this.#value(call.body, 0);
    if (this.#random.chance(0.05))
      return {
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify(body).slice(0, -1),
      };
    const isJson = typeof body === "object" && body !== null;
    return isJson
      ? { headers, body }
      : { headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(body) };
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#random.below(choices.length)] as T;
  }

  #query({ method, parameters }: Call): string {
    if (this.#random.chance(0.1)) return this.#pick(queries);
    const parts = parameters
      .filter((parameter) => parameter.in === "query" && this.#random.chance(0.4))
      .map(({ name, schema }) => `${name}=${encodeURIComponent(asText(this.#value(schema, 0)))}`);
    // Half of the changes only ask what would be.
    if (method !== "GET" && this.#random.chance(0.5)) parts.push("dryRun=true");
    return parts.length === 0 ? "" : `?${parts.join("&")}`;
  }

  #ifMatch(): string {
    return this.#pick(["*", '"1"', '"7-8"', "W/1", '"1", "2"', "x"]);
  }

  #name(): string {
    if (this.#random.chance(0.9)) return this.#pick(names);
    return this.#pick(["Web1", "a".repeat(100), "%00", "...", "0".repeat(24), "ünï"]);
  }

  /** Of the schema; or, now and then, of none. */
  #value(schema: Schema, depth: number): unknown {
    if (this.#random.chance(depth === 0 ? 0.03 : 0.06)) return this.#pick(oddities);
    if (schema.$ref !== undefined) return this.#value(this.#named(schema.$ref), depth);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum !== undefined) return this.#pick(schema.enum);
    const type = typeof schema.type === "string" ? schema.type : (schema.type?.[0] ?? "object");
    switch (type) {
      case "object":
        return this.#object(schema, depth);
      case "array":
        return Array.from({ length: this.#random.below(3) }, () =>
          this.#value(schema.items ?? {}, depth + 1),
        );
      case "integer":
      case "number":
        return (schema.minimum ?? 0) + this.#random.below(4);
      case "boolean":
        return this.#random.chance(0.5);
      default:
        return this.#text(schema);
    }
  }

  #object({ properties = {}, required = [] }: Schema, depth: number): unknown {
    const chosen = Object.entries(properties).filter(
      ([key]) => required.includes(key) || (depth < 3 && this.#random.chance(0.2)),
    );
    const fields = chosen.map(([key, schema]) => [key, this.#value(schema, depth + 1)]);
    const extra = this.#random.chance(0.03) ? [["extra", 1]] : [];
    return Object.fromEntries([...fields, ...extra]);
  }

  #text({ examples = [] }: Schema): unknown {
    if (examples.length > 0 && this.#random.chance(0.6)) return this.#pick(examples);
    return this.#pick(names);
  }

  #named(ref: string): Schema {
    const name = ref.slice(ref.lastIndexOf("/") + 1);
    return this.#document.components.schemas[name] ?? {};
  }
}

function callsOf({ paths }: OpenApiDocument): readonly Call[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, { parameters = [], requestBody }]) => ({
      method: method.toUpperCase(),
      path,
      parameters: parameters as Call["parameters"],
      body: requestBody?.content["application/json"]?.schema ?? null,
    })),
  );
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
