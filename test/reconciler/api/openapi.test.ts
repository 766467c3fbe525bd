import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Validator } from "@seriousme/openapi-schema-validator";
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
});
