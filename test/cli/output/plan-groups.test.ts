import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { groupChanges } from "../../../cli/output/plan-groups.ts";
import { changeReport } from "../../tui/fixture.ts";

const memory = (name: string, value: string) =>
  changeReport(`VM/${name}`, { fields: [{ path: "memory", old: "1GiB", new: value, effect: "live" }] });
const born = (name: string) =>
  changeReport(`VM/${name}`, {
    word: "create",
    fields: [{ path: "disks", old: null, new: `[root ${name}-root]`, effect: "none" }],
  });

describe("groupChanges", () => {
  const sizes = (changes: Parameters<typeof groupChanges>[0]) =>
    groupChanges(changes).map((group) => group.changes.length);

  it("puts together what says the same, where the first of it stands", () => {
    assert.deepEqual(
      sizes([memory("a", "2GiB"), memory("x", "3GiB"), memory("b", "2GiB"), memory("c", "2GiB")]),
      [3, 1],
    );
  });

  it("leaves two alike as they are", () => {
    assert.deepEqual(sizes([memory("a", "2GiB"), memory("b", "2GiB")]), [1, 1]);
  });

  it("sees through an object's own name in its fields", () => {
    const [group] = groupChanges([born("a1"), born("a2"), born("a3")]);
    assert.equal(group?.common.fields[0]?.new, "[root {name}-root]");
  });

  it("never mixes kinds, words or impacts", () => {
    const changes = [
      memory("a", "2GiB"),
      memory("b", "2GiB"),
      { ...memory("c", "2GiB"), impact: "restart" as const },
      { ...memory("d", "2GiB"), word: "migrate" as const },
      { ...memory("e", "2GiB"), object: "Node/e" as const },
    ];
    assert.deepEqual(sizes(changes), [1, 1, 1, 1, 1]);
  });
});
