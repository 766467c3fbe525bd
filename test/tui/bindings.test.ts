import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { bindings } from "../../tui/bindings.ts";

describe("the keys", () => {
  it("mean one thing each", () => {
    const keys = bindings.flatMap((binding) => binding.keys);
    assert.equal(new Set(keys).size, keys.length);
  });

  it("are explained in the help where they are shown, and labelled in the key bar where they are in it", () => {
    for (const binding of bindings) {
      assert.equal(binding.shown === "", binding.help === "", binding.keys.join());
      if (binding.bar !== null) assert.notEqual(binding.label, "", binding.keys.join());
    }
  });
});
