import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kinds } from "../../../reconciler/model/names.ts";
import { fieldHelp } from "../../../reconciler/desired/schema/field-help.ts";
import { publishedSchemaText } from "../../../reconciler/desired/schema/published.ts";
import { Bench } from "../bench.ts";
import { assertTranscript } from "../golden.ts";

describe("keel explain", () => {
  it("says what a kind and a field mean, without a store or a folder", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const transcripts = [];
    for (const field of [
      "vm.limits",
      "vm.disks.size",
      "node.bmc.password",
      "network",
      "vm.limit",
      "vm.cpus.x",
      "pod",
    ])
      transcripts.push(await bench.keel(`explain ${field}`, { storeless: true }));
    assertTranscript("explain", ...transcripts);
  });

  it("has a word for every field that there is", () => {
    const silent = kinds.flatMap((kind) => silentFields(kind, []));
    assert.deepEqual(silent, []);
  });

  it("tells programs the same", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const told = await bench.data("explain vm.autorestart", { storeless: true });
    assert.deepEqual(told, {
      field: "VM.autorestart",
      wants: "true or false",
      required: false,
      description:
        "After a flush or a fence that found no other node: start again by itself once a node is usable.",
      examples: [false],
      fields: [],
      default: true,
    });
  });
});

describe("keel schema", () => {
  it("prints the schema that is published", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const { out, exit } = await bench.keel("schema", { storeless: true });
    assert.deepEqual([out, exit], [publishedSchemaText(), 0]);
  });
});

/** The fields below one, to any depth, of which nothing is said. */
function silentFields(kind: (typeof kinds)[number], path: readonly string[]): readonly string[] {
  const result = fieldHelp(kind, path);
  assert.ok(result.ok);
  const { help } = result;
  return [
    ...(help.description === "" ? [help.field] : []),
    ...help.fields.flatMap(({ name }) => silentFields(kind, [...path, name])),
  ];
}
