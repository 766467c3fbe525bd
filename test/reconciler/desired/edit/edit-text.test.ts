import assert from "node:assert/strict";
import { describe, it } from "node:test";

import {
  appendDocument,
  patchDocument,
  removeDocument,
} from "../../../../reconciler/desired/edit/edit-text.ts";
import type { MergePatch } from "../../../../reconciler/desired/edit/merge-patch.ts";

function patched(text: string, patch: MergePatch): string | null {
  const edited = patchDocument(text, "VM/web1", patch);
  assert.ok(edited.ok, JSON.stringify(edited));
  return edited.text;
}

function refusedPatch(text: string, patch: MergePatch): string {
  const edited = patchDocument(text, "VM/web1", patch);
  assert.ok(!edited.ok, "the edit was made");
  return edited.refusal.reason;
}

const lines = (...all: readonly string[]) => all.map((line) => `${line}\n`).join("");
const web1 = lines(
  "# The shop's front",
  "kind:   VM",
  "name: 'web1'   # never rename",
  "",
  "# where",
  "limits: [ hv1,hv2 ]  # near the database",
  "memory: 2GiB",
  "shutdown:",
  "  # it flushes its cache",
  "  timeout: 5m   # long",
  "  then: leave",
  "nics:",
  "  - {name: eth0, network: servers} # front",
  "  - name: eth1",
  "    network: backup",
  "# the end",
);
const without = (line: string) => web1.replace(`${line}\n`, "");

describe("patchDocument", () => {
  it("changes a value and nothing else", () => {
    assert.equal(patched(web1, { memory: "4GiB" }), web1.replace("2GiB", "4GiB"));
    assert.equal(patched(web1, { shutdown: { timeout: "9m" } }), web1.replace("5m ", "9m "));
  });

  it("adds a field below the last one, before the comments that follow", () => {
    assert.equal(patched(web1, { cpus: 2 }), web1.replace("# the end", "cpus: 2\n# the end"));
    const tags = { tags: ["a", "on"] };
    assert.equal(patched(web1, tags), web1.replace("# the end", 'tags: [a, "on"]\n# the end'));
  });

  it("adds a field to a map below, in the map's own style", () => {
    const restart = web1.replace("  then: leave", "  then: leave\n  more: x");
    assert.equal(patched(web1, { shutdown: { more: "x" } }), restart);
    assert.equal(
      patched(lines("kind: VM", "name: web1", "restart: {max: 3 } # few"), { restart: { policy: "never" } }),
      lines("kind: VM", "name: web1", "restart: {max: 3, policy: never } # few"),
    );
  });

  it("removes a field with its line and the comment on it", () => {
    assert.equal(patched(web1, { memory: null }), without("memory: 2GiB"));
    assert.equal(patched(web1, { limits: null }), without("limits: [ hv1,hv2 ]  # near the database"));
    assert.equal(patched(web1, { shutdown: { timeout: null } }), without("  timeout: 5m   # long"));
  });

  it("changes only the entries of a list that differ", () => {
    assert.equal(patched(web1, { limits: ["hv1", "hv3"] }), web1.replace("hv1,hv2", "hv1,hv3"));
    assert.equal(patched(web1, { limits: ["hv0", "hv1", "hv2"] }), web1.replace("hv1,hv2", "hv0, hv1,hv2"));
    assert.equal(patched(web1, { limits: ["hv2"] }), web1.replace("hv1,hv2", "hv2"));
    assert.equal(patched(web1, { limits: ["hv1", "hv2", "hv3"] }), web1.replace("hv1,hv2", "hv1,hv2, hv3"));
  });

  it("goes into the maps of a list", () => {
    const [eth0, eth1] = [
      { name: "eth0", network: "servers" },
      { name: "eth1", network: "backup" },
    ];
    assert.equal(
      patched(web1, { nics: [eth0, { ...eth1, network: "office" }] }),
      web1.replace("backup", "office"),
    );
    assert.equal(patched(web1, { nics: [eth1] }), without("  - {name: eth0, network: servers} # front"));
    assert.equal(patched(web1, { nics: [eth0] }), web1.replace("  - name: eth1\n    network: backup\n", ""));
    const third = { name: "eth2", network: "x" };
    const added = web1.replace("backup\n", "backup\n  - { name: eth2, network: x }\n");
    assert.equal(patched(web1, { nics: [eth0, eth1, third] }), added);
  });

  it("writes a value of another shape in its place, and keeps the comment beside the key", () => {
    assert.equal(
      patched(lines("kind: VM", "name: web1", "limits: # both", "  - hv1", "  - hv2", "cpus: 1"), {
        limits: "none",
      }),
      lines("kind: VM", "name: web1", "limits: none # both", "cpus: 1"),
    );
    const wanted = lines(
      "kind: VM",
      "name: web1",
      "maintenance: { reason: switch swap, until: 2026-11-21T06:00:00Z } # not now",
    );
    const text = lines("kind: VM", "name: web1", "maintenance: false # not now");
    assert.equal(
      patched(text, { maintenance: { reason: "switch swap", until: "2026-11-21T06:00:00Z" } }),
      wanted,
    );
  });

  it("keeps the ends of lines, and a last line without one", () => {
    assert.equal(patched("kind: VM\r\nname: web1\r\n", { cpus: 2 }), "kind: VM\r\nname: web1\r\ncpus: 2\r\n");
    assert.equal(
      patched("kind: VM\nname: web1", { cpus: 2, tags: ["a"] }),
      "kind: VM\nname: web1\ncpus: 2\ntags: [a]",
    );
    assert.equal(patched("kind: VM\nname: web1\ncpus: 2", { cpus: null }), "kind: VM\nname: web1\n");
  });

  it("leaves the other documents of the file alone", () => {
    const other = lines("kind: VM", "name: web2", "memory: 2GiB");
    const text = `${other}---\n${web1}---\n${other.replace("web2", "web3")}`;
    assert.equal(
      patched(text, { memory: "4GiB" }),
      `${other}---\n${web1.replace("2GiB", "4GiB")}---\n${other.replace("web2", "web3")}`,
    );
  });

  it("changes text in flow style, on one line or on many", () => {
    assert.equal(
      patched("{kind: VM, name: web1, cpus: 1}\n", { cpus: null, memory: "1GiB" }),
      "{kind: VM, name: web1, memory: 1GiB}\n",
    );
    const text = lines(
      "kind: VM",
      "name: web1",
      "restart: {",
      "  max: 3, # few",
      "  window: 5m, # short",
      "}",
    );
    const wanted = lines("kind: VM", "name: web1", "restart: {", "  max: 3, # few", "   # short", "}");
    assert.equal(patched(text, { restart: { window: null } }), wanted);
  });

  it("does nothing where the document says so already", () => {
    assert.equal(patched(web1, { memory: "2GiB", cpus: null }), web1);
  });

  it("replaces an alias where it stands", () => {
    const text = lines("kind: VM", "name: web1", "memory: &m 2GiB", "disk: *m");
    assert.equal(patched(text, { disk: "4GiB" }), text.replace("*m", "4GiB"));
  });

  it("refuses to change what an anchor shares with others", () => {
    const text = lines("kind: VM", "name: web1", "memory: &m 2GiB", "disk: *m");
    assert.equal(refusedPatch(text, { memory: "4GiB" }), "alias");
    assert.equal(refusedPatch(text, { memory: null }), "alias");
    const inside = lines("kind: VM", "name: web1", "restart: &r {max: 3}", "shutdown: *r");
    assert.equal(refusedPatch(inside, { shutdown: { max: 4 } }), "alias");
  });

  it("refuses a document that is not there", () => {
    assert.equal(refusedPatch(web1.replace("web1", "web2"), { cpus: 1 }), "layout");
  });
});

describe("removeDocument", () => {
  const a = lines("kind: VM", "name: a");
  const b = lines("# about b", "kind: VM", "name: b", "# more about b");
  const c = lines("kind: VM", "name: c");
  const removed = (text: string, name: string) => {
    const edited = removeDocument(text, `VM/${name}`);
    assert.ok(edited.ok, JSON.stringify(edited));
    return edited.text;
  };

  it("takes the document with its comments, and leaves the others", () => {
    const text = `${a}---\n${b}---\n${c}`;
    assert.equal(removed(text, "a"), `${b}---\n${c}`);
    assert.equal(removed(text, "b"), `${a}---\n${c}`);
    assert.equal(removed(text, "c"), `${a}---\n${b}`);
  });

  it("keeps the head of the file", () => {
    const head = lines("# yaml-language-server: $schema=x", "# All of them", "");
    assert.equal(removed(`${head}# about a\n${a}---\n${b}`, "a"), `${head}${b}`);
  });

  it("leaves no file without documents", () => {
    assert.equal(removed(`# only one\n${a}`, "a"), null);
  });
});

describe("appendDocument", () => {
  const document = { kind: "VM", name: "web1", memory: "1GiB" };
  const appended = (text: string) => {
    const edited = appendDocument(text, document);
    assert.ok(edited.ok, JSON.stringify(edited));
    return edited.text;
  };

  it("begins a file, or goes on in one", () => {
    const own = lines("kind: VM", "name: web1", "memory: 1GiB");
    assert.equal(appended(""), own);
    assert.equal(appended("# VMs\n"), `# VMs\n${own}`);
    assert.equal(appended("kind: Node\nname: hv1"), `kind: Node\nname: hv1\n---\n${own}`);
    assert.equal(
      appended("kind: Node\r\nname: hv1\r\n"),
      `kind: Node\r\nname: hv1\r\n---\r\n${own.replaceAll("\n", "\r\n")}`,
    );
  });
});
