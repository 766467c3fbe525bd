import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { appliedBench } from "../verb-bench.ts";

async function answer(bench: Bench, line: string): Promise<readonly string[]> {
  const { out, err, exit } = await bench.keel(`complete -- ${line}`);
  assert.deepEqual([exit, err], [0, ""]);
  return out.split("\n").slice(0, -1);
}

async function words(bench: Bench, line: string): Promise<readonly string[]> {
  return (await answer(bench, line)).map((candidate) => candidate.split("\t")[0] ?? "");
}

describe("keel complete", () => {
  it("has commands with what they do, and no hidden ones", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const commands = await answer(bench, "");
    assert.ok(
      commands.includes(
        "apply\tPut the folder, or a saved plan, into force; and follow what is done until it is done",
      ),
    );
    assert.ok(commands.every((each) => !/^(?:complete|simulated-host)\t/.test(each)));
    assert.deepEqual((await words(bench, "maintenance ")).toSorted(), ["off", "on", "status"]);
  });

  it("has the options of the command and of the program, and the words that an option takes", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const options = await words(bench, "vm meta -");
    for (const option of ["--limits", "--no-autorestart", "--yes", "--store", "--help"])
      assert.ok(options.includes(option));
    assert.ok(!options.includes("--to"));
    const selectors = ["mem", "memprov", "vcpus", "load", "vms", "default"];
    assert.deepEqual(await words(bench, "vm meta db1 --selector "), selectors);
    assert.deepEqual(
      await words(bench, "vm meta --selector=m"),
      selectors.map((each) => `--selector=${each}`),
    );
    assert.deepEqual(await words(bench, "completion "), ["bash", "zsh", "fish"]);
  });

  it("has the formats of an answer", async () => {
    await using bench = await Bench.open({ reconciler: false });
    const formats = (line: string) => words(bench, line).then((found) => found.toSorted().join(" "));
    assert.equal(await formats("get vms -o "), "json name table wide yaml");
    assert.equal(await formats("plan -o "), "json markdown table");
    assert.equal(await formats("status --output=j"), "--output=json --output=table --output=yaml");
  });

  it("has names of the kind that is meant, each once", async () => {
    await using bench = await appliedBench();
    assert.deepEqual(await words(bench, "vm migrate "), ["db1", "web1", "web2"]);
    assert.deepEqual(await words(bench, "vm migrate web1 w"), ["db1", "web2"]);
    assert.deepEqual(await words(bench, "vm migrate web1 --to "), ["hv1", "hv2", "hv3"]);
    assert.deepEqual(await words(bench, "vm meta db1 --limits hv1,h"), ["hv1,hv2", "hv1,hv3"]);
    assert.deepEqual(await words(bench, "node flush -y -- "), ["hv1", "hv2", "hv3"]);
    assert.deepEqual(await words(bench, "network info "), ["servers"]);
    assert.deepEqual(await words(bench, "get nodes hv1 "), ["hv2", "hv3"]);
    assert.ok((await words(bench, "why ")).includes("vm/web1"));
    assert.deepEqual(await words(bench, "rollback "), ["1"]);
    await bench.keel("vm forget web1 -y");
    assert.ok((await words(bench, "describe ")).includes("vm/web1"), "an orphan has a name too");
  });

  it("takes the folder's names where there is no store, and is silent where nothing can be read", async () => {
    await using bench = await appliedBench();
    const folder = await bench.keel("complete -- vm start ", { storeless: true });
    assert.equal(folder.out, "db1\nweb1\nweb2\n");
    await bench.write("db.yaml", "kind: VM\nname: db1\nmemory: lots\n");
    const broken = await bench.keel("complete -- vm start ", { storeless: true });
    assert.deepEqual([broken.out, broken.err, broken.exit], ["", "", 0]);
    const gone = await bench.keel("complete -- --store unix:/nowhere vm start ", { storeless: true });
    assert.deepEqual([gone.out, gone.err, gone.exit], ["", "", 0]);
  });

  it("leaves paths to the shell, and has nothing where nothing is to come", async () => {
    await using bench = await Bench.open({ reconciler: false });
    assert.deepEqual(await words(bench, "vm define "), [":file"]);
    assert.deepEqual(await words(bench, "-d "), [":folder"]);
    assert.deepEqual(await words(bench, "plan x "), []);
    assert.deepEqual(await words(bench, "nonsense "), []);
    assert.deepEqual(await words(bench, "vm rename web1 "), []);
  });
});
