import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { describe, it } from "node:test";

/** What a process that logs like this writes to standard error. */
function logged(script: string): readonly string[] {
  const module = join(import.meta.dirname, "../../../reconciler/runtime/pino-log.js");
  const program = `import { pinoLog } from ${JSON.stringify(module)}; ${script}`;
  const output = execFileSync("sh", [
    "-c",
    'exec "$0" --input-type=module -e "$1" 2>&1',
    process.execPath,
    program,
  ]);
  return output.toString().trim().split("\n");
}

describe("pinoLog", () => {
  it("writes a line of JSON for each message, with what is on every line, before the process ends", () => {
    const lines = logged(`
      const log = pinoLog({ level: "info", fields: { part: "agent", node: "hv1" } });
      log.debug("not said");
      log.warn("the store does not answer", { why: "no connection", node: "hv1" });
      log.error("it failed");
      process.exit(0);
    `);
    const time = /"time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",/;
    assert.ok(
      lines.every((line) => time.test(line)),
      lines.join("\n"),
    );
    assert.deepEqual(
      lines.map((line) => line.replace(time, "")),
      [
        '{"level":"warn","part":"agent","node":"hv1","why":"no connection","msg":"the store does not answer"}',
        '{"level":"error","part":"agent","node":"hv1","msg":"it failed"}',
      ],
    );
  });
});
