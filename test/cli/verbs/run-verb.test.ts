import assert from "node:assert/strict";
import { chmod, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { ObjectId } from "../../../reconciler/model/names.ts";
import { Bench } from "../bench.ts";
import { dbYaml, labYaml, webYaml, writeSmallCluster } from "../documents.ts";

async function applied(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

function pathOf(bench: Bench, file: string): string {
  return join(bench.folder, "cluster.d", file);
}

function fileOf(bench: Bench, file: string): Promise<string> {
  return readFile(pathOf(bench, file), "utf8");
}

function stateInForce(bench: Bench, node: string): string | undefined {
  return bench.cluster.feed.state.desired.nodes.get(node)?.state;
}

function generation(bench: Bench): number {
  return bench.cluster.feed.state.applied.head?.generation ?? 0;
}

describe("a verb that edits the files", () => {
  it("shows edit and plan, and changes neither file nor cluster without a yes", async () => {
    await using bench = await applied();
    const { out, err, exit } = await bench.keel("node cordon hv2", { answer: "no" });
    assert.match(out, /\+state: cordoned[^]*~ update {3}node\/hv2[^]*state {2}ready → cordoned/);
    assert.match(err, /Apply these changes\? [^]*Nothing was applied: the answer was not `yes`/);
    assert.equal(exit, 1);
    assert.equal(await fileOf(bench, "lab.yaml"), labYaml);
    assert.equal(generation(bench), 1);
    const agreed = await bench.keel("node cordon hv2", { answer: "yes" });
    assert.equal(agreed.exit, 0, agreed.text);
    assert.equal(stateInForce(bench, "hv2"), "cordoned");
  });

  it("takes several names and patterns, each once, and says what was likely meant by a wrong one", async () => {
    await using bench = await applied();
    await bench.keel("node cordon hv* node/hv1 -y");
    assert.deepEqual(
      ["hv1", "hv2", "hv3"].map((node) => stateInForce(bench, node)),
      ["cordoned", "cordoned", "cordoned"],
    );
    const wrong = await bench.keel("node cordon hv1 hv22 -y");
    assert.match(wrong.err, /There is no node named hv22 \(did you mean hv2\?\)/);
    const none = await bench.keel("node cordon rack* -y");
    assert.match(none.err, /There is no node named rack\*/);
    assert.deepEqual([wrong.exit, none.exit], [1, 1]);
  });

  it("edits without a store where it need not apply", async () => {
    await using bench = await applied();
    const { out, exit } = await bench.keel("node cordon hv1 -y --no-apply", { storeless: true });
    assert.equal(exit, 0);
    assert.match(out, /Next: keel apply\n$/);
    assert.equal(
      await fileOf(bench, "lab.yaml"),
      labYaml.replace("name: hv1\n", "name: hv1\nstate: cordoned\n"),
    );
    assert.equal(stateInForce(bench, "hv1"), "ready");
    const again = await bench.keel("node cordon hv1 --no-apply", { storeless: true });
    assert.match(again.out, /^The files say that already\.\nNext: keel apply\n$/);
  });

  it("applies an edit that somebody made by hand, where it is the one that it would make", async () => {
    await using bench = await applied();
    await bench.keel("node cordon hv1 -y --no-apply");
    const { out, exit } = await bench.keel("node cordon hv1 -y");
    assert.equal(exit, 0);
    assert.doesNotMatch(out, /^---/m);
    assert.equal(stateInForce(bench, "hv1"), "cordoned");
  });

  it("leaves every other edit of the folder waiting, and says which", async () => {
    await using bench = await applied();
    await bench.write("web.yaml", webYaml.replace("memory: 2GiB", "memory: 1GiB"));
    await bench.write("lab.yaml", labYaml.replace("name: hv1\n", "name: hv1\nlabels: {rack: a}\n"));
    const { out, exit } = await bench.keel("node cordon hv1 -y");
    assert.equal(exit, 0);
    assert.doesNotMatch(out, /memory|rack {2}/);
    assert.match(out, /Other edits in cluster\.d go on waiting for `keel apply`: node\/hv1, vm\/web1\./);
    const { desired } = bench.cluster.feed.state;
    assert.equal(desired.nodes.get("hv1")?.state, "cordoned");
    assert.deepEqual(desired.nodes.get("hv1")?.labels, {});
    assert.equal(desired.vms.get("web1")?.memoryBytes, 2 * 1024 ** 3);
    const rest = await bench.keel("apply -y");
    assert.doesNotMatch(rest.text, /undo/);
    assert.equal(bench.cluster.feed.state.desired.vms.get("web1")?.memoryBytes, 1024 ** 3);
    assert.equal(stateInForce(bench, "hv1"), "cordoned");
  });

  it("does not set back what others applied, from a folder that lacks it", async () => {
    await using bench = await applied();
    await bench.write("db.yaml", dbYaml.replace("cpus: 2", "cpus: 1"));
    await bench.keel("apply -y");
    await bench.write("db.yaml", dbYaml);
    const { exit } = await bench.keel("node cordon hv1 -y");
    assert.equal(exit, 0);
    assert.equal(bench.cluster.feed.state.desired.vms.get("db1")?.cpus, 1);
    assert.equal(stateInForce(bench, "hv1"), "cordoned");
  });

  it("does not set back what was changed by hand", async () => {
    await using bench = await applied();
    await bench.clock.advance(5_000);
    bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 1024 ** 3 });
    await bench.clock.advance(5_000);
    const { out } = await bench.keel("node cordon hv3 -y");
    assert.doesNotMatch(out, /~ update {3}vm\/web1/);
    assert.deepEqual([...bench.cluster.feed.state.requests.keys()], []);
  });

  it("loses nothing of an edit that somebody makes between its question and its deed", async () => {
    await using bench = await applied();
    const meanwhile = labYaml.replace("name: hv3\n", "name: hv3\nlabels: {rack: c}\n");
    const asked = await bench.keel("node cordon hv1", {
      answer: "yes",
      when: [/Only 'yes'/, () => bench.write("lab.yaml", meanwhile)],
    });
    assert.match(
      asked.err,
      /Cordoning node\/hv1 was refused: lab\.yaml was changed by somebody else meanwhile/,
    );
    assert.equal(asked.exit, 4);
    assert.equal(await fileOf(bench, "lab.yaml"), meanwhile);
    assert.equal(generation(bench), 1);
  });

  it("begins once more where somebody else applies meanwhile", async () => {
    await using bench = await applied();
    const other = async () => {
      const other = { kind: "VM", name: "other1", memory: "1GiB" };
      const known = [...bench.cluster.feed.state.applied.documents].map(
        ([id, { document }]) => [id, document] as const,
      );
      const documents = new Map<ObjectId, unknown>([...known, ["VM/other1", other]]);
      await bench.cluster.administrator.apply(bench.cluster.administrator.check(documents));
    };
    const { exit, err, text } = await bench.keel("node cordon hv1 -y", { when: [/Plan:/, other] });
    assert.equal(exit, 0, text);
    assert.match(err, /Somebody else edited or applied meanwhile; once more/);
    const { desired } = bench.cluster.feed.state;
    assert.equal(desired.nodes.get("hv1")?.state, "cordoned");
    assert.ok(desired.vms.has("other1"));
  });

  it("keeps all edits that are made at once", async () => {
    await using bench = await Bench.open();
    await bench.write("lab.yaml", labYaml);
    const names = Array.from({ length: 16 }, (_, index) => `n${String(index)}`);
    await bench.write(
      "more.yaml",
      names.map((name) => `kind: Node   # ${name}\nname: ${name}\n`).join("---\n"),
    );
    const outcomes = await Promise.all(
      names.map((name) => bench.keel(`node cordon ${name} -y --no-apply`, { storeless: true })),
    );
    assert.deepEqual(
      outcomes.filter(({ exit }) => exit !== 0).map(({ text }) => text),
      [],
    );
    assert.equal(
      await fileOf(bench, "more.yaml"),
      names.map((name) => `kind: Node   # ${name}\nname: ${name}\nstate: cordoned\n`).join("---\n"),
    );
  });
});

describe("a verb whose file cannot be edited safely", () => {
  it("says why and prints the patch: a generated file, a read-only one", async () => {
    await using bench = await applied();
    const patch = /The edit, to be made by hand:\n\n--- cluster\.d\/lab\.yaml\n[^]*\+state: cordoned/;

    await bench.write("lab.yaml", `# Generated by inventory.py. DO NOT EDIT.\n${labYaml}`);
    const generated = await bench.keel("node cordon hv1 -y");
    assert.match(
      generated.err,
      /lab\.yaml is written by a program, its first lines say; nothing was changed/,
    );
    assert.match(generated.out, patch);

    await bench.write("lab.yaml", labYaml);
    await chmod(pathOf(bench, "lab.yaml"), 0o444);
    const readOnly = await bench.keel("node cordon hv1 -y");
    assert.match(readOnly.err, /lab\.yaml can not be written; nothing was changed/);
    assert.match(readOnly.out, patch);

    assert.deepEqual([generated.exit, readOnly.exit], [1, 1]);
    assert.equal(generation(bench), 1);
  });

  it("says which fields to write, where an anchor shares the value", async () => {
    await using bench = await applied();
    await bench.write(
      "lab.yaml",
      labYaml.replace("name: hv2\n", "name: hv2\nstate: &s ready\nlabels: {is: *s}\n"),
    );
    const { out, err, exit } = await bench.keel("node flush hv2 -y");
    assert.match(err, /Flushing node\/hv2 was refused: lab\.yaml: .*anchor.*; nothing was changed/);
    assert.match(out, /by hand:\n\n {2}kind: Node\n {2}name: hv2\n {2}state: flushed\n/);
    assert.equal(exit, 1);
  });

  it("needs a folder that is right", async () => {
    await using bench = await applied();
    await bench.write("db.yaml", "kind: VM\nname: db1\nmemory: lots\n");
    const { err, exit } = await bench.keel("node cordon hv1 -y");
    assert.match(err, /db\.yaml:3:9[^]*it cannot be read as a whole; nothing was changed/);
    assert.equal(exit, 5);
  });
});
