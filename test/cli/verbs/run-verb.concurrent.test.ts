import assert from "node:assert/strict";
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readYaml } from "../../../reconciler/desired/yaml/read-yaml.ts";
import { ApiBench } from "../api-bench.ts";
import { runKeel } from "../run-keel.ts";

const count = 50;
const names = Array.from({ length: count }, (_, index) => `vm${String(index)}`);
const documents = names.map((name) => `kind: VM   # ${name}\nname: ${name}\nmemory: 64MiB\nstate: stopped\n`);
const tag = (name: string) => `by-${name}`;

/** Saves as editors do: it looks whether the file is still what it opened, and replaces it or writes over it. */
function saveByEditor(path: string, name: string, inPlace: boolean): void {
  const text = readFileSync(path, "utf8").replace(
    `name: ${name}\n`,
    `name: ${name}\ntags: [${tag(name)}]   # typed\n`,
  );
  if (inPlace) {
    writeFileSync(path, text);
    return;
  }
  writeFileSync(`${path}~`, text);
  renameSync(`${path}~`, path);
}

function tagsIn(text: string): ReadonlyMap<string, unknown> {
  return new Map(
    readYaml(text).map(({ value, problems }) => {
      assert.deepEqual(problems, []);
      const fields = Object.entries(value ?? {});
      const of = (key: string): unknown => fields.find(([name]) => name === key)?.[1];
      return [String(of("name")), of("tags")] as const;
    }),
  );
}

describe("fifty edits of one file at once, by command line, API and editor", () => {
  it("are all in the file afterwards, which is whole at every instant", async () => {
    await using api = await ApiBench.open();
    const { bench } = api;
    await bench.write("many.yaml", documents.join("---\n"));
    await bench.keel("apply -y --no-wait");
    const path = join(bench.folder, "cluster.d/many.yaml");

    let looks = 0;
    let seen = "";
    let isDone = false;
    const watching = (async () => {
      while (!isDone) {
        const text = readFileSync(path, "utf8");
        if (text !== seen) {
          assert.deepEqual([...tagsIn(text).keys()], names);
          looks += 1;
        }
        seen = text;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    const edits = names.map(async (name, index) => {
      if (index % 5 === 0) {
        // Somewhere in the middle of the others.
        for (let turn = 0; turn < index * 20; turn++) await new Promise((resolve) => setImmediate(resolve));
        saveByEditor(path, name, index % 10 === 0);
      } else if (index % 5 < 4) {
        const args = ["vm", "meta", name, "--tags", tag(name), "-y", "--no-apply"];
        const { exit, err } = await runKeel(args, { cwd: bench.folder });
        assert.equal(exit, 0, err);
      } else {
        const { status, body } = await api.send(`POST /api/v1/vm/${name}`, { body: { tags: [tag(name)] } });
        assert.ok(status < 300, JSON.stringify(body));
      }
    });
    const outcomes = await Promise.allSettled(edits);
    isDone = true;
    await watching;
    assert.deepEqual(
      outcomes.filter(({ status }) => status === "rejected"),
      [],
    );

    const text = readFileSync(path, "utf8");
    assert.deepEqual(
      [...tagsIn(text)],
      names.map((name) => [name, [tag(name)]]),
    );
    for (const name of names)
      assert.ok(text.includes(`kind: VM   # ${name}\nname: ${name}\n`), "its comment stays");
    assert.ok(looks > count / 2);
  });
});
