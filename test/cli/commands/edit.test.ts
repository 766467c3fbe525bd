import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Bench } from "../bench.ts";
import { webYaml } from "../documents.ts";
import { appliedBench, fileOf, vmOf } from "../verb-bench.ts";

/** An editor that notes how it is called and what it is shown, and does one thing after another with the file. */
async function editor(bench: Bench, ...deeds: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const program = join(bench.folder, "editor");
  const cases = deeds.map((deed, index) => `${String(index + 1)}) ${deed} ;;`).join("\n");
  const script = `#!/bin/sh
cd "${bench.folder}"
echo "$1" >> calls; cat "$2" >> seen; n=$(wc -l < calls)
case $n in
${cases}
esac
`;
  await writeFile(program, script);
  await chmod(program, 0o755);
  return { EDITOR: program };
}

const more = `sed -i '0,/memory: 2GiB/s//memory: 3GiB/' "$2"`;
const wrong = `sed -i '0,/memory: 2GiB/s//memory: lots/' "$2"`;
const mended = `sed -i 's/memory: lots/memory: 3GiB/' "$2"`;

describe("keel edit", () => {
  it("opens the file at the document's line, then shows the plan, asks and applies", async () => {
    await using bench = await appliedBench();
    const env = await editor(bench, `sed -i '$s/.*/tags: [shop, eu]/' "$2"`);
    const { exit, text } = await bench.keel("edit vm/web2", { env, answer: "yes" });
    assert.equal(exit, 0, text);
    assert.match(text, /Changed web\.yaml\.[^]*tags +\[shop\] → \[shop, eu\][^]*Apply these changes\?/);
    assert.deepEqual(vmOf(bench, "web2")?.tags, ["shop", "eu"]);
    assert.equal(await readFile(join(bench.folder, "calls"), "utf8"), "+9\n");
  });

  it("opens it again with what is wrong above it, which never gets into the file", async () => {
    await using bench = await appliedBench();
    const env = await editor(bench, wrong, mended);
    const { exit, text } = await bench.keel("edit vm/web1 --no-apply", { env, storeless: true });
    assert.equal(exit, 0, text);
    assert.match(
      await readFile(join(bench.folder, "seen"), "utf8"),
      /# keel: .*web\.yaml:4:9 unit\.size [^]*\nkind: VM/,
    );
    assert.equal(await fileOf(bench, "web.yaml"), webYaml.replace("2GiB", "3GiB"));
  });

  it("gives up where it stays wrong, changes nothing, and says where the text is", async () => {
    await using bench = await appliedBench();
    const env = await editor(bench, wrong);
    const { exit, err } = await bench.keel("edit vm/web1 --no-apply", { env, storeless: true });
    assert.equal(exit, 1);
    const copy = /What you wrote is in (\S+)\./.exec(err)?.[1] ?? "";
    assert.match(await readFile(copy, "utf8"), /memory: lots/);
    assert.equal(await fileOf(bench, "web.yaml"), webYaml);
  });

  it("does nothing where nothing was changed, where the editor fails, and where somebody else saved meanwhile", async () => {
    await using bench = await appliedBench();
    const same = await bench.keel("edit vm/web1", { env: await editor(bench, "true") });
    assert.match(same.out, /Nothing was changed/);
    const failed = await bench.keel("edit vm/web1", { env: { EDITOR: "/nowhere/editor" } });
    assert.match(failed.err, /Editing with \/nowhere\/editor/);
    const path = join(bench.folder, "cluster.d/web.yaml");
    const env = {
      EDITOR: (await editor(bench, "true", `${more}; echo '# mine' >> ${path}`))["EDITOR"] ?? "",
    };
    const met = await bench.keel("edit vm/web1 --no-apply", { env, storeless: true });
    assert.match(met.err, /web\.yaml was changed by somebody else meanwhile/);
    assert.equal(await fileOf(bench, "web.yaml"), `${webYaml}# mine\n`);
    const unknown = await bench.keel("edit vm/web11", { env });
    assert.match(unknown.err, /There is no vm named web11 \(did you mean web1\?\)/);
    assert.deepEqual([same.exit, failed.exit, met.exit, unknown.exit], [0, 1, 1, 1]);
  });
});
