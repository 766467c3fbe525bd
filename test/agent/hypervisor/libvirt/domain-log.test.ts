import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { causeByLog } from "../../../../agent/hypervisor/libvirt/domain-log.ts";

const started =
  "2026-11-27 07:00:00.000+0000: starting up libvirt version: 9.0.0, qemu version: 7.2.22\nLC_ALL=C \\\n";
const ended = (reason: string) => `2026-11-27 08:00:00.000+0000: shutting down, reason=${reason}\n`;

describe("causeByLog", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "keel-log-"));
  });
  after(() => rm(folder, { recursive: true }));

  const cause = async (text: string) => {
    await writeFile(join(folder, "web.log"), text);
    return await causeByLog(folder, "web");
  };

  it("finds how the last run ended", async () => {
    const reasons = {
      shutdown: "guest",
      destroyed: "cut",
      crashed: "crash",
      failed: "crash",
      migrated: "migrated",
    };
    for (const [reason, expected] of Object.entries(reasons)) {
      assert.equal(await cause(started + ended("saved") + started + ended(reason)), expected);
    }
  });

  it("knows nothing of a run whose end is not there", async () => {
    assert.equal(await cause(started + ended("shutdown") + started), "unknown");
    assert.equal(await cause(started + ended("some-new-reason")), "unknown");
    assert.equal(await causeByLog(folder, "nobody"), "unknown");
  });

  it("looks at the end of a long log", async () => {
    assert.equal(await cause("noise\n".repeat(50_000) + started + ended("crashed")), "crash");
  });
});
