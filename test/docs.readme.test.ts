import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { promisify } from "node:util";
import { Bench, type Transcript } from "./cli/bench.ts";
import { assertTranscript } from "./cli/golden.ts";
import { repositoryRoot } from "./support/root.ts";
import { nodeOf, runningDomains } from "./support/running-domains.ts";
import { readSources } from "./support/sources.ts";

const mark = "<!-- played by test/docs.readme.test.ts -->\n\n```sh\n";

/** The commands of the block below the mark, without their remarks. */
function walk(): readonly string[] {
  const [, block = ""] = readFileSync(join(repositoryRoot, "README.md"), "utf8").split(mark);
  const lines = block.slice(0, block.indexOf("```")).trimEnd().split("\n");
  return lines.map((line) => line.replace(/ +#.*$/, ""));
}

/** Where web9 runs, and who runs on hv1. */
function seen({ cluster }: Bench): string {
  const { state } = cluster.feed;
  const guests = [...runningDomains(state).keys()].filter((vm) => nodeOf(state, vm) === "hv1");
  return `web9 on ${nodeOf(state, "web9") ?? "none"}; on hv1: ${guests.toSorted().join(" ")}`;
}

describe("the README", () => {
  it("leads to a VM of one's own, migrated, and a node emptied, in ten commands with clone, cd and start", async () => {
    const commands = walk();
    assert.ok(commands.length > 0 && commands.length + 3 <= 10, commands.join("\n"));
    await using bench = await Bench.open();
    for (const { path, text } of readSources("cluster.d/**/*.yaml")) {
      await bench.write(path.replace("cluster.d/", ""), text);
    }
    await bench.keel("apply -y");
    const transcripts: Transcript[] = [];
    const course: string[] = [];
    for (const command of commands) {
      if (command.startsWith("./keel ")) {
        const transcript = await bench.keel(command.replace("./keel ", ""), { answer: "yes" });
        assert.equal(transcript.exit, 0, transcript.text);
        transcripts.push(transcript);
      } else {
        await promisify(execFile)("sh", ["-c", command], { cwd: bench.folder });
      }
      course.push(seen(bench));
    }
    assertTranscript("readme", ...transcripts);
    assert.deepEqual(course, [
      "web9 on none; on hv1: ci db1 web1",
      "web9 on hv2; on hv1: ci db1 web1",
      "web9 on hv3; on hv1: ci db1 web1",
      "web9 on hv3; on hv1: ",
      "web9 on hv3; on hv1: ",
      "web9 on hv3; on hv1: ",
      "web9 on hv3; on hv1: ci db1 web1",
    ]);
  });
});
