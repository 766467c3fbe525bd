/** What a field of a document means, read off the schema that documents are checked with: for `keel explain`. */
import type { Kind } from "../../model/names.ts";
import { didYouMean } from "../issues/suggest.ts";
import { schemas } from "./documents.ts";
import { expectation, schemaView } from "./schema-view.ts";

export interface FieldHelp {
  /** `VM`, `VM.disks.size`. */
  readonly field: string;
  /** `a size such as 20GiB`. */
  readonly wants: string;
  readonly required: boolean;
  readonly description: string;
  /** undefined: it has none. */
  readonly standard: unknown;
  readonly examples: readonly unknown[];
  readonly fields: readonly InnerField[];
}

export interface InnerField {
  readonly name: string;
  readonly wants: string;
  readonly required: boolean;
  readonly description: string;
}

export type HelpResult =
  | { readonly ok: true; readonly help: FieldHelp }
  /** The first part of the path that there is not, the fields that there are, and the one likely meant. */
  | {
      readonly ok: false;
      readonly missing: string;
      readonly known: readonly string[];
      readonly meant: string | undefined;
    };

/** Entries of a list are gone through without a word: `["disks", "size"]`. */
export function fieldHelp(kind: Kind, path: readonly string[]): HelpResult {
  let schema: unknown = schemas[kind];
  let field: string = kind;
  let required = true;
  for (const part of path) {
    const inner = innerOf(schema);
    const next = inner.get(part);
    if (next === undefined) {
      const known = [...inner.keys()];
      return { ok: false, missing: `${field}.${part}`, known, meant: didYouMean(part, known) };
    }
    field = `${field}.${part}`;
    ({ schema, required } = next);
  }
  const own = record(schema);
  const fields = [...innerOf(schema)].map(([name, inner]): InnerField => ({
    name,
    wants: expectation(schemaView(inner.schema)),
    required: inner.required,
    description: text(record(inner.schema)["description"]),
  }));
  const help = {
    field,
    wants: expectation(schemaView(schema)),
    required,
    description: text(own["description"]),
    standard: own["default"],
    examples: schemaView(schema).examples,
    fields,
  };
  return { ok: true, help };
}

interface Inner {
  readonly schema: unknown;
  readonly required: boolean;
}

/** The fields of a map, of the entries of a list, or of any form that it may have. */
function innerOf(schema: unknown): ReadonlyMap<string, Inner> {
  const { properties, items, anyOf, required } = record(schema);
  const needed: readonly unknown[] = Array.isArray(required) ? required : [];
  const own = Object.entries(record(properties)).map(([name, inner]): [string, Inner] => [
    name,
    { schema: inner, required: needed.includes(name) },
  ]);
  const forms: readonly unknown[] = Array.isArray(anyOf) ? anyOf : [];
  const others = [items, ...forms].flatMap((form) => (form === undefined ? [] : [...innerOf(form)]));
  return new Map([...others, ...own]);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
