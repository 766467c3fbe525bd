import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { Lexer } from "yaml";
import { repositoryRoot } from "../../../support/root.ts";
import { runKeel, temporaryFolder } from "../../run-keel.ts";

const folder = join(repositoryRoot, "test/edited");
const files = readdirSync(folder).filter((file) => file.endsWith(".yaml"));
const around =
  "kind: Node\nname: hv1\n---\nkind: Node\nname: hv2\n---\nkind: Network\nname: servers\ntype: bridge\nbridge: br0\n";
/** What stands for others too is for a person to decide about. */
const refused = "25-alias-is-replaced.yaml";
const asked = "--limits hv1,hv2 --no-autorestart --max-downtime 500ms --tags shop,eu";
/** The fields asked for, and the entries that their lists had. */
const about = /limits|autorestart|migration|maxDowntime|tags|hv[12]|shop|\beu\b|old|\ba\b|enough|three/;

function comments(text: string): readonly string[] {
  return [...new Lexer().lex(text)].filter((lexeme) => lexeme.startsWith("#"));
}

/** The lines that are in one and not in the other, counted. */
function gone(before: string, after: string): readonly string[] {
  const left = after.split("\n");
  return before.split("\n").filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

describe("keel vm meta on files as people write them", () => {
  it("has thirty of them", () => {
    assert.equal(files.length, 30);
  });

  for (const file of files) {
    it(`changes in ${file} the bytes that are asked for, and no other`, async (test) => {
      const cwd = await temporaryFolder(test);
      mkdirSync(join(cwd, "cluster.d"));
      writeFileSync(join(cwd, "cluster.d/around.yaml"), around);
      const before = readFileSync(join(folder, file), "utf8");
      const path = join(cwd, "cluster.d", file);
      writeFileSync(path, before);
      const args = ["vm", "meta", "target", ...asked.split(" "), "-y", "--no-apply"];
      const { exit, err, out } = await runKeel(args, { cwd });
      const after = readFileSync(path, "utf8");
      if (file === refused) {
        assert.deepEqual([exit, after], [1, before]);
        assert.match(err, /the value comes from &g, which others use too/);
        assert.match(out, /by hand:[^]*tags: \[shop, eu\]/);
        return;
      }
      assert.equal(exit, 0, err + out);
      const expected = join(folder, "expected", file);
      if (process.env["KEEL_UPDATE_GOLDEN"] === "1") writeFileSync(expected, after);
      assert.equal(after, readFileSync(expected, "utf8"));

      assert.deepEqual(
        gone(before, after).filter((line) => !about.test(line) && !line.startsWith("{")),
        [],
      );
      assert.deepEqual(
        gone(after, before).filter((line) => !about.test(line)),
        [],
      );
      const kept = comments(after);
      assert.deepEqual(
        comments(before).filter(
          (each) => !kept.includes(each) && !/old|one|two|three|Ann|Ben|rack/.test(each),
        ),
        [],
      );
      const again = await runKeel(args, { cwd });
      assert.match(again.out, /The files say that already/);
      assert.equal(readFileSync(path, "utf8"), after);
    });
  }
});
