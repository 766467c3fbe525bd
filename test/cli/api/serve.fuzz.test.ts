/**
 * Requests made of the OpenAPI document, sensible and senseless ones, each answered as the document says, none with a
 * defect. `KEEL_FUZZ_REQUESTS` and `KEEL_FUZZ_SEED` play more of them, or others.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SeededRandom } from "../../../simulator/seeded-random.ts";
import { ApiBench, openApiDocument } from "../api-bench.ts";
import { RequestFuzzer } from "./request-fuzzer.ts";

const requests = Number(process.env["KEEL_FUZZ_REQUESTS"] ?? "300");
const seed = Number(process.env["KEEL_FUZZ_SEED"] ?? "1");

describe("the API under requests of all kinds", () => {
  it(`answers ${String(requests)} of them as its document says, and never with a defect`, async (test) => {
    await using api = await ApiBench.open();
    const fuzzer = new RequestFuzzer(openApiDocument, new SeededRandom(seed));
    const counts = new Map<number, number>();
    for (let number = 1; number <= requests; number++) {
      const { line, options } = fuzzer.next();
      const { status, body } = await api.send(line, options);
      counts.set(status, (counts.get(status) ?? 0) + 1);
      const request = `request ${String(number)} of seed ${String(seed)}: ${line} ${JSON.stringify(options)}`;
      assert.ok(status < 500, `${request}: ${JSON.stringify(body)}`);
      if (number % 50 === 0) await api.bench.clock.advance(5_000);
    }
    test.diagnostic(
      [...counts]
        .sort()
        .map(([status, count]) => `${String(status)}: ${String(count)}`)
        .join(", "),
    );
    // It has got through to all kinds of answers, or it would show nothing.
    for (const status of [200, 400, 404, 409, 422]) assert.ok((counts.get(status) ?? 0) > 0, String(status));
    const { exit, text } = await api.bench.keel("validate");
    assert.equal(exit, 0, text);
  });
});
