import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  count,
  formatAge,
  formatBytes,
  formatElapsed,
  formatMoment,
  formatShare,
  formatTime,
  groupDigits,
} from "../../../tui/view/amounts.ts";
import { GiB, now } from "../fixture.ts";

describe("amounts", () => {
  it("shows sizes in the unit that fits", () => {
    assert.equal(formatBytes(512 * 1024 ** 2), "512 MiB");
    assert.equal(formatBytes(2 * GiB), "2 GiB");
    assert.equal(formatBytes(1.5 * GiB), "1.5 GiB");
    assert.equal(formatBytes(31.6 * GiB), "32 GiB");
    assert.equal(formatBytes(2048 * GiB), "2 TiB");
    assert.equal(formatBytes(0), "0 KiB");
  });

  it("shows a share in the unit of the whole", () => {
    assert.equal(formatShare(31 * GiB, 64 * GiB), "31/64 GiB");
    assert.equal(formatShare(0, 64 * GiB), "0/64 GiB");
    assert.equal(formatShare(0.5 * GiB, 4 * GiB), "0.5/4 GiB");
  });

  it("shows how long something has been going on", () => {
    assert.equal(formatElapsed(7_900), "0:07");
    assert.equal(formatElapsed(760_000), "12:40");
    assert.equal(formatElapsed(3_729_000), "1:02:09");
    assert.equal(formatElapsed(-5), "0:00");
  });

  it("shows ages in one unit", () => {
    const ages = [0, 59_000, 60_000, 3_599_000, 7_200_000, 5 * 86_400_000].map(formatAge);
    assert.deepEqual(ages, ["0s", "59s", "1m", "59m", "2h", "5d"]);
  });

  it("adds the date where it is not today's", () => {
    assert.equal(formatTime(now), "04:30:00");
    assert.equal(formatMoment(now, now), "04:30");
    assert.equal(formatMoment(now - 86_400_000, now), "11-20 04:30");
  });

  it("counts in words", () => {
    assert.equal(count(1, "VM"), "1 VM");
    assert.equal(count(10_000, "VM"), "10,000 VMs");
    assert.equal(groupDigits(1_234_567), "1,234,567");
    assert.equal(groupDigits(999), "999");
  });
});
