import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";

import { Ajv } from "ajv";

import { publishedSchema, publishedSchemaText } from "../../../../reconciler/desired/schema/published.ts";
import { kinds } from "../../../../reconciler/model/names.ts";
import { loadFolder } from "../../../../reconciler/desired/load-folder.ts";
import { repositoryRoot } from "../../../support/root.ts";

interface Property {
  readonly path: string;
  readonly schema: Readonly<Record<string, unknown>>;
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every property of every kind, those of nested maps, unions and lists too. */
function propertiesOf(schema: unknown, path: string): Property[] {
  if (Array.isArray(schema)) return schema.flatMap((part) => propertiesOf(part, path));
  if (!isMap(schema)) return [];
  const own = Object.entries(isMap(schema["properties"]) ? schema["properties"] : {});
  const named = own.flatMap(([key, property]) =>
    isMap(property)
      ? [{ path: `${path}.${key}`, schema: property }, ...propertiesOf(property, `${path}.${key}`)]
      : [],
  );
  return [...named, ...propertiesOf(schema["anyOf"], path), ...propertiesOf(schema["items"], `${path}[]`)];
}

const published = publishedSchema();
const definitions = isMap(published["definitions"]) ? published["definitions"] : {};
const properties = kinds.flatMap((kind) => propertiesOf(definitions[kind], kind));
const newAjv = () => new Ajv({ allErrors: true, allowUnionTypes: true, strict: true, strictRequired: false });

describe("the published schema", () => {
  it("is up to date: run `node scripts/generate-schema.ts` if not", () => {
    const file = readFileSync(join(repositoryRoot, "docs/schema/cluster.schema.json"), "utf8");
    assert.equal(file, publishedSchemaText());
  });

  it("is a legal schema of draft-07", () => {
    assert.equal(newAjv().validateSchema(published), true);
    newAjv().compile(published);
  });

  it("describes every field, with examples", () => {
    assert.ok(properties.length > 80);
    const bare = properties.filter(
      ({ schema }) => typeof schema["description"] !== "string" || !Array.isArray(schema["examples"]),
    );
    assert.deepEqual(
      bare.map(({ path }) => path),
      [],
    );
  });

  it("gives examples and defaults that it accepts itself", () => {
    const ajv = newAjv();
    for (const { path, schema } of properties) {
      const examples: readonly unknown[] = Array.isArray(schema["examples"]) ? schema["examples"] : [];
      const values = "default" in schema ? [...examples, schema["default"]] : examples;
      const validate = ajv.compile(schema);
      for (const value of values) assert.ok(validate(value), `${path}: ${JSON.stringify(value)}`);
    }
  });

  it("accepts the example cluster, by kind", async () => {
    const result = await loadFolder(join(repositoryRoot, "cluster.d"), { host: "box", simulated: true });
    assert.ok(result.ok);
    const validate = newAjv().compile(published);
    for (const [id, document] of result.documents) assert.ok(validate(document), id);
  });

  it("refuses a field of another kind", () => {
    const validate = newAjv().compile(published);
    assert.equal(validate({ kind: "Node", name: "hv1", memory: "1GiB" }), false);
    assert.equal(validate({ kind: "VM", name: "web1", memory: "1GiB" }), true);
    assert.equal(validate({ kind: "VM", name: "web1", memory: "1G" }), false);
  });
});
