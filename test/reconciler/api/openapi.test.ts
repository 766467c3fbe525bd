import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
import openApiTypes, { astToString, COMMENT_HEADER, type OpenAPI3 } from "openapi-typescript";
import { openApiFile } from "../../../reconciler/api/published.ts";
import { repositoryRoot } from "../../support/root.ts";

const checkedIn = readFileSync(join(repositoryRoot, "docs/schema/openapi.json"), "utf8");

describe("the OpenAPI document", () => {
  it("is as the routes are (npm run docs)", () => {
    assert.equal(checkedIn, openApiFile());
  });

  it("is OpenAPI 3.1 to a validator of others, with no reference that leads nowhere", async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate(checkedIn);
    assert.deepEqual(errors ?? [], []);
    assert.equal(valid, true);
    assert.equal(validator.version, "3.1");
    assert.doesNotThrow(() => validator.resolveRefs());
  });

  it("gives a client its types, by a generator of others (test/support/api-client.ts uses them)", async () => {
    const path = join(repositoryRoot, "test/golden/api/paths.mts");
    const document = JSON.parse(checkedIn) as OpenAPI3;
    const types = `${COMMENT_HEADER}${astToString(await openApiTypes(document))}`;
    if (process.env["KEEL_UPDATE_GOLDEN"] === "1") writeFileSync(path, types);
    else assert.equal(readFileSync(path, "utf8"), types);
  });
});
