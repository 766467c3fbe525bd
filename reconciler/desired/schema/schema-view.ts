import { readsKeyword, type Reads } from "./fields.ts";

export type JsonType = "string" | "number" | "integer" | "boolean" | "object" | "array" | "null";

/** The parts of a JSON Schema that messages are made of. */
export interface SchemaView {
  readonly accepts: (type: JsonType) => boolean;
  readonly examples: readonly unknown[];
  /** Of an enum or a const, without null. */
  readonly words?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
  readonly reads?: Reads;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly patternProperties?: unknown;
  readonly forms?: readonly SchemaView[];
}

/** Reads a schema of ours; what is no schema at all accepts everything and says nothing. */
export function schemaView(schema: unknown): SchemaView {
  const fields = isRecord(schema) ? schema : {};
  const types = [fields["type"]].flat().filter((type) => typeof type === "string");
  const words = [fields["enum"] ?? fields["const"]].flat().filter((word) => typeof word === "string");
  const forms = Array.isArray(fields["anyOf"]) ? fields["anyOf"].map(schemaView) : undefined;
  const properties = fields["properties"];
  const reads = fields[readsKeyword];
  return {
    accepts: (type) =>
      forms === undefined
        ? types.length === 0 || types.includes(type) || (type === "number" && types.includes("integer"))
        : forms.some((form) => form.accepts(type)),
    examples: Array.isArray(fields["examples"]) ? fields["examples"] : [],
    ...(words.length > 0 ? { words } : {}),
    ...(typeof fields["pattern"] === "string" ? { pattern: fields["pattern"] } : {}),
    ...numbers(fields),
    ...(isReads(reads) ? { reads } : {}),
    ...(isRecord(properties) ? { properties } : {}),
    ...("patternProperties" in fields ? { patternProperties: fields["patternProperties"] } : {}),
    ...(forms === undefined ? {} : { forms }),
  };
}

/** `a list`, `one of a, b or c`, `a size such as 2GiB`: what a schema wants. */
export function expectation(schema: SchemaView): string {
  if (schema.forms !== undefined) return schema.forms.map(expectation).join(" or ");
  if (schema.reads !== undefined) return `a ${schema.reads.as} such as ${String(schema.examples[0])}`;
  if (schema.words !== undefined) return oneOf(schema.words);
  if (schema.accepts("boolean")) return "true or false";
  if (schema.accepts("integer")) return "a whole number";
  if (schema.accepts("array")) return "a list";
  return schema.accepts("object") ? "a map" : "text";
}

export function typeOf(value: unknown): JsonType {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  const type = typeof value;
  return type === "string" || type === "boolean" || type === "number" ? type : "object";
}

function oneOf(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  return words.length < 2 ? last : `${words.slice(0, -1).join(", ")} or ${last}`;
}

function numbers(fields: Readonly<Record<string, unknown>>) {
  const { minimum, maximum, maxItems, maxProperties } = fields;
  return {
    ...(typeof minimum === "number" ? { minimum } : {}),
    ...(typeof maximum === "number" ? { maximum } : {}),
    ...(typeof maxItems === "number" ? { maxItems } : {}),
    ...(typeof maxProperties === "number" ? { maxProperties } : {}),
  };
}

function isReads(value: unknown): value is Reads {
  return isRecord(value) && typeof value["as"] === "string";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
