import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { jsonLineOf, jsonOf } from "../../../reconciler/control/report/json.ts";
import { repositoryRoot } from "../../support/root.ts";
import { Bench } from "../bench.ts";
import { labYaml } from "../documents.ts";

const page = join(repositoryRoot, "docs/json.md");
/** A command in a comment, and the answer below it. */
const example = /<!-- keel (?<line>.*) -->\n\n```json\n(?<answer>[^]*?)^```$/gm;

const web = (fields = "") =>
  `kind: VM\nname: web2\nmemory: 8GiB\nnode: hv2\nnics: [{name: eth0, network: servers}]\ntags: [shop]\n${fields}`;

/** A migration under way, an edit that waits, and one of each other thing. */
async function exampleCluster(): Promise<Bench> {
  const strangers = [{ name: "scratch", memoryBytes: 2 ** 30, running: true }];
  const bench = await Bench.open({ nodes: ["hv1", "hv2"], hardware: { hv1: { unmanaged: strangers } } });
  const lab = labYaml.replace("---\nkind: Node\nname: hv3\n", "");
  await bench.write("lab.yaml", lab);
  await bench.write("web.yaml", web());
  await bench.write("base.yaml", "kind: Profile\nname: base\nmemory: 1GiB\n");
  await bench.write("app.yaml", "kind: VM\nname: app1\nprofiles: [base]\nnode: hv1\n");
  await bench.write("old.yaml", "kind: VM\nname: old1\nmemory: 1GiB\ndisk: 5GiB\nstate: stopped\n");
  await bench.keel("apply -y");
  await bench.write("lab.yaml", lab.replace("name: hv2\n", "name: hv2\nstate: flushed\n"));
  await bench.keel("apply -y --no-wait");
  await bench.clock.advance(9_000);
  await bench.write("app.yaml", "kind: VM\nname: app1\nprofiles: [base]\nnode: hv1\ncpus: 2\n");
  await bench.write("old.yaml", "kind: VM\nname: old1\nmemory: 1GiB\ndisk: 5GiB\nstate: absent\n");
  return bench;
}

describe("docs/json.md", () => {
  it("shows what the commands say", async () => {
    await using bench = await exampleCluster();
    const text = readFileSync(page, "utf8");
    let fresh = text;
    for (const [whole, line = ""] of text.matchAll(example)) {
      const { out, err } = await bench.keel(line);
      fresh = fresh.replace(
        whole,
        () => `<!-- keel ${line} -->\n\n\`\`\`json\n${out === "" ? err : out}\`\`\``,
      );
    }
    if (process.env["KEEL_UPDATE_GOLDEN"] === "1") writeFileSync(page, fresh);
    else assert.deepEqual(answersIn(text), answersIn(fresh));
  });
});

/** The answers of a page, without their layout and without what is another number on another day. */
function answersIn(text: string): readonly unknown[] {
  return [...text.matchAll(example)].map((match) => {
    const answer = JSON.stringify(JSON.parse(match.groups?.["answer"] ?? ""));
    const steady = answer
      .replaceAll(/"\d{4}-\d\d-\d\dT[^"]*Z"/g, '"TIME"')
      .replaceAll(/"([a-z0-9-]+)\.\d+"/g, '"$1.REVISION"')
      .replaceAll(/"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"/g, '"UUID"')
      .replaceAll(/"percent":\d+/g, '"percent":0')
      .replaceAll(/"\d+ of (\d+) MiB"/g, '"0 of $1 MiB"');
    return JSON.parse(steady) as unknown;
  });
}

describe("jsonOf", () => {
  it("writes epoch milliseconds as RFC 3339, and no other number", () => {
    const report = { at: 0, since: 1_500, memoryBytes: 1_500, items: [{ readAt: null, until: 0 }] };
    assert.deepEqual(JSON.parse(jsonOf(report)), {
      at: "1970-01-01T00:00:00Z",
      since: "1970-01-01T00:00:01.500Z",
      memoryBytes: 1_500,
      items: [{ readAt: null, until: "1970-01-01T00:00:00Z" }],
    });
  });

  it("has a form on one line", () => {
    assert.equal(
      jsonLineOf({ at: 0, text: "a\nb" }),
      String.raw`{"at":"1970-01-01T00:00:00Z","text":"a\nb"}`,
    );
  });
});
