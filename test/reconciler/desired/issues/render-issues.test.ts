import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { placeIssue } from "../../../../reconciler/desired/issues/place-issue.ts";
import { renderIssues } from "../../../../reconciler/desired/issues/render-issues.ts";
import { TextLines } from "../../../../reconciler/desired/yaml/text-lines.ts";

const problem = { code: "unit.size", message: 'memory: "4G" is not a size', advice: "write 4GiB" } as const;
const issueIn = (text: string, marked: string, path: readonly string[] = []) => {
  const start = text.indexOf(marked);
  return placeIssue(problem, {
    file: "vms.yaml",
    lines: new TextLines(text),
    start,
    end: start + marked.length,
    path,
  });
};

describe("renderIssues", () => {
  it("prints a place to click on, the line, a mark below it, and what to write", () => {
    const issue = issueIn("kind: VM\nmemory: 4G # enough\n", "4G");
    assert.equal(
      renderIssues([issue], { prefix: "cluster.d/" }),
      [
        'cluster.d/vms.yaml:2:9 unit.size  memory: "4G" is not a size',
        "  2 | memory: 4G # enough",
        "    |         ^^",
        "    = write 4GiB",
        "",
      ].join("\n"),
    );
  });

  it("marks no further than the line, where more is meant", () => {
    const rendered = renderIssues([issueIn("limits:\n  a: 1\n  b: 2\n", "a: 1\n  b: 2")]);
    assert.match(rendered, /\| {3}a: 1\n +\| {3}\^{4}\n/u);
  });

  it("shows of a very long line what is around the mark", () => {
    const rendered = renderIssues([issueIn(`${"x".repeat(1000)} 4G ${"y".repeat(1000)}\n`, "4G")]);
    const [, line = "", marks = ""] = rendered.split("\n");
    assert.ok(line.length < 200);
    assert.equal(marks.indexOf("^"), line.indexOf("4G"));
  });

  it("keeps a file from writing to the terminal", () => {
    const rendered = renderIssues([issueIn("memory: \u001b[31m4G\n", "4G")]);
    assert.ok(!rendered.includes("\u001b"));
  });

  it("shows no secret that stands on the line", () => {
    const lines = [
      "bmc: {user: fence, password: hunter2}",
      "password: hunter2",
      '"password" : "hunter2"',
      "apiToken: hunter2",
    ];
    for (const line of lines) assert.doesNotMatch(renderIssues([issueIn(`${line}\n`, "hunter2")]), /hunter/u);
    const below = "bmc:\n  password:\n    value: hunter2\n";
    assert.doesNotMatch(renderIssues([issueIn(below, "value", ["bmc", "password", "value"])]), /hunter/u);
  });

  it("shows where a secret is to be found", () => {
    assert.match(renderIssues([issueIn("password: {file: bmc/hv1}\n", "bmc/hv1")]), /bmc\/hv1/u);
  });
});
