import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { isLong, packagesByCommand, programsNeeded, selectTests } from "../../scripts/select-tests.ts";

describe("programsNeeded", () => {
  it("reads the line that says so", () => {
    const source = 'import assert from "node:assert/strict";\n\n// Needs: etcd, tmux\n';
    assert.deepEqual(programsNeeded(source), ["etcd", "tmux"]);
  });

  it("finds none where there is no such line", () => {
    assert.deepEqual(programsNeeded('const text = "// Needs: etcd";\n'), []);
  });
});

describe("isLong", () => {
  it("reads the line that says so", () => {
    assert.equal(isLong("// Needs: etcd\n// Long\n"), true);
    assert.equal(isLong("// Longer than others\n"), false);
  });
});

describe("selectTests", () => {
  it("runs long ones only where they are asked for", () => {
    const long = { path: "test/real/soak.test.ts", needs: [], isLong: true };
    assert.deepEqual(selectTests([long], [], () => true).run, []);
    assert.deepEqual(selectTests([long], ["soak"], () => true).run, [long.path]);
  });

  const tests = [
    { path: "test/plan/a.test.ts", needs: [], isLong: false },
    { path: "test/real/etcd.test.ts", needs: ["etcd", "etcdctl"], isLong: false },
  ];

  it("runs everything where everything is there", () => {
    assert.deepEqual(
      selectTests(tests, [], () => true),
      { run: ["test/plan/a.test.ts", "test/real/etcd.test.ts"], leftOut: [] },
    );
  });

  it("leaves out what lacks a program, and names it", () => {
    assert.deepEqual(
      selectTests(tests, [], (program) => program === "etcdctl"),
      {
        run: ["test/plan/a.test.ts"],
        leftOut: [{ path: "test/real/etcd.test.ts", missing: ["etcd"] }],
      },
    );
  });

  it("keeps to the paths that were asked for", () => {
    assert.deepEqual(selectTests(tests, ["plan"], () => false).leftOut, []);
    assert.deepEqual(selectTests(tests, ["plan", "real"], () => true).run.length, 2);
  });
});

describe("packagesByCommand", () => {
  it("reads the table, and leaves comments out", () => {
    assert.deepEqual(
      [...packagesByCommand("# packages\netcd-server  etcd\n\ntmux # terminals\n")],
      [
        ["etcd", "etcd-server"],
        ["tmux", "tmux"],
      ],
    );
  });
});
