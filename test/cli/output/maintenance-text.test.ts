import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { maintenanceEndText } from "../../../cli/output/maintenance-text.ts";
import { noMaintenance } from "../../../reconciler/model/maintenance.ts";

const now = Date.UTC(2026, 0, 1);
const on = { ...noMaintenance, on: true };

describe("the end of maintenance", () => {
  it("is a time, or none", () => {
    assert.equal(
      maintenanceEndText({ ...on, until: now + 7_200_000 }, now, null),
      "until 2026-01-01T02:00:00Z",
    );
    assert.equal(maintenanceEndText(on, now, null), "no end set");
  });

  it("is what is left, and what comes then, where it is near", () => {
    const near = { ...on, until: now + 252_000, ending: true };
    assert.equal(maintenanceEndText(near, now, null), "ends in 4m 12s: fencing is possible again then");
  });

  it("is in doubt where the clock was set meanwhile, and the words name the command that ends it", () => {
    const told = (node: string | null) => maintenanceEndText({ ...on, doubt: true }, now, node);
    assert.match(told(null), /was set: `keel maintenance off` ends it$/);
    assert.match(told("hv1"), /was set: `keel maintenance off --node hv1` ends it$/);
  });
});
