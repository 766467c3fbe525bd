import { kinds } from "../../model/names.ts";
import { schemas } from "./documents.ts";
import { readsKeyword } from "./fields.ts";

/**
 * The schema as editors take it: draft-07, one schema for all documents that branches on `kind`, so that they complete
 * and complain by the kind that was written. Made of the same schemas that the validator uses.
 */
export function publishedSchema(): Record<string, unknown> {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Evenkeel cluster.d",
    description: "One document of the desired state of an Evenkeel cluster.",
    type: "object",
    required: ["kind", "name"],
    properties: {
      kind: { description: "What this document is about.", enum: [...kinds], examples: ["VM"] },
      name: { description: "The object's name, unique among its kind.", type: "string", examples: ["web1"] },
    },
    allOf: kinds.map((kind) => ({
      if: { properties: { kind: { const: kind } }, required: ["kind"] },
      then: { $ref: `#/definitions/${kind}` },
    })),
    definitions: Object.fromEntries(kinds.map((kind) => [kind, plain(schemas[kind])])),
  };
}

/** The file's text: what `scripts/generate-schema.ts` writes. */
export function publishedSchemaText(): string {
  return `${JSON.stringify(publishedSchema(), null, 2)}\n`;
}

/** Without what only our validator knows. */
function plain(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(plain);
  if (typeof schema !== "object" || schema === null) return schema;
  const fields = Object.entries(schema).filter(([key]) => key !== readsKeyword);
  return Object.fromEntries(fields.map(([key, value]) => [key, plain(value)]));
}
