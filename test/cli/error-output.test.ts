import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ErrorReport, renderDefect, renderError, storeProblem } from "../../cli/error-output.ts";
import { exitCodes, KeelError } from "../../reconciler/model/errors.ts";
import { StoreError, type StoreErrorCode } from "../../reconciler/store/store.ts";

describe("renderError", () => {
  const error = new KeelError("not-confirmed", { why: "the answer was not `yes`" });

  it("says what happened, then what to do", () => {
    assert.equal(
      renderError(error, false),
      "error: Nothing was applied: the answer was not `yes`.\n  Answer `yes`, or use `-y` where no one can answer.\n",
    );
  });

  it("says the same to programs", () => {
    const { code, message, advice } = error;
    assert.deepEqual(JSON.parse(renderError(error, true)), { error: { code, message, advice, exit: 1 } });
  });
});

describe("renderDefect", () => {
  it("shows where a defect came from", () => {
    const text = renderDefect(new TypeError("x is undefined"), false);
    assert.match(text, /^error: x is undefined\n {2}This is a defect of keel/);
    assert.match(text, /error-output\.test/);
    const { error } = JSON.parse(renderDefect("thrown text", true)) as ErrorReport;
    assert.equal(error.message, "thrown text");
  });
});

describe("storeProblem", () => {
  const of = (code: StoreErrorCode) =>
    storeProblem(new StoreError(code, "the words"), ["unix:/a", "http://b:1"]);

  it("names the endpoints of a store that does not answer", () => {
    assert.equal(of("unreachable").exit, exitCodes.unreachable);
    assert.match(of("unreachable").message, /unix:\/a, http:\/\/b:1 does not answer: the words/);
  });

  it("never says that nothing was written where that is not known", () => {
    assert.match(of("ambiguous").advice, /may have been written/);
  });

  it("has words for every failure", () => {
    const codes = [
      "unreachable",
      "ambiguous",
      "too-large",
      "no-space",
      "denied",
      "lease-gone",
      "rejected",
    ] as const;
    for (const code of codes)
      assert.doesNotMatch(`${of(code).message} ${of(code).advice}`, /[{}]|undefined/, code);
  });
});
