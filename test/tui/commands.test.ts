import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { commands, completions, parseCommand } from "../../tui/commands.ts";
import { clusterReport, nodeReport, vmReport } from "./fixture.ts";

const report = clusterReport({ vms: [vmReport("web1"), vmReport("db1")], nodes: [nodeReport("wn1")] });

describe("parseCommand", () => {
  it("knows screens by name, alias and unambiguous beginning, with a filter after it", () => {
    const vms = { kind: "screen", screen: "vms", filter: "" };
    assert.deepEqual(parseCommand("vms", report), vms);
    assert.deepEqual(parseCommand("vm", report), vms);
    assert.deepEqual(parseCommand("vm web", report), { ...vms, filter: "web" });
    assert.deepEqual(parseCommand("eve", report), { kind: "screen", screen: "events", filter: "" });
    assert.deepEqual(parseCommand("node", report), { kind: "screen", screen: "nodes", filter: "" });
  });

  it("names objects as the report does", () => {
    const why = (object: string) => ({ kind: "open", aspect: "why", object });
    assert.deepEqual(parseCommand("why web1", report), why("VM/web1"));
    assert.deepEqual(parseCommand("why vm/web1", report), why("VM/web1"));
    assert.deepEqual(parseCommand("why node/hv1", report), why("Node/hv1"));
    assert.deepEqual(parseCommand("why wn1", report), why("Node/wn1"));
    assert.deepEqual(parseCommand("why wn9", report), why("VM/wn9"));
    assert.deepEqual(parseCommand("why wn1", null), why("VM/wn1"));
  });

  it("knows the rest", () => {
    assert.deepEqual(parseCommand("rw", report), { kind: "writable", writable: true });
    assert.deepEqual(parseCommand("ro", report), { kind: "writable", writable: false });
    assert.deepEqual(parseCommand("sort memory", report), { kind: "sort", key: "memory" });
    assert.deepEqual(parseCommand("apply", report), { kind: "apply" });
    assert.deepEqual(parseCommand("approve vm/db1", report), { kind: "approve", vm: "db1" });
    for (const quit of ["q", "quit", "q!"]) assert.deepEqual(parseCommand(quit, report), { kind: "quit" });
  });

  it("says what is wrong with what it does not know", () => {
    for (const typed of ["nonsense", "rw now", "sort age", "why", "approve", "diff", "a"]) {
      assert.equal(parseCommand(typed, report).kind, "unknown", typed);
    }
  });

  it("has no two commands of one name", () => {
    const names = commands.flatMap((command) => command.names);
    assert.equal(new Set(names).size, names.length);
  });
});

describe("completions", () => {
  it("completes names of commands", () => {
    assert.deepEqual(completions("ev", report), ["events"]);
    assert.deepEqual(completions("de", report), ["describe"]);
  });

  it("completes objects, with or without their kind", () => {
    assert.deepEqual(completions("why w", report), ["why VM/web1", "why Node/wn1"]);
    assert.deepEqual(completions("why vm/", report), ["why VM/web1", "why VM/db1"]);
    assert.deepEqual(completions("approve d", report), ["approve db1"]);
    assert.deepEqual(completions("sort ", report), ["sort name", "sort state", "sort node", "sort memory"]);
  });

  it("offers a few, however many there are", () => {
    const vms = Array.from({ length: 1000 }, (_, index) => vmReport(`vm${String(index)}`));
    assert.equal(completions("why vm", clusterReport({ vms })).length, 6);
  });

  it("offers nothing where nothing fits or nothing is known", () => {
    assert.deepEqual(completions("xyz", report), []);
    assert.deepEqual(completions("xyz w", report), []);
    assert.deepEqual(completions("why w", null), []);
    assert.deepEqual(completions("rw x", report), []);
  });
});
