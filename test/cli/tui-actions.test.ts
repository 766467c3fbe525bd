import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Command } from "commander";
import { capturedRun } from "../../cli/captured-run.ts";
import type { RunCommand } from "../../cli/context.ts";
import { openContext } from "../../cli/open-context.ts";
import { run } from "../../cli/run.ts";
import { tuiActions } from "../../cli/tui-actions.ts";
import { Scene } from "../support/cluster/scene.ts";
import { vm } from "../support/plan/model-cluster.ts";
import { makeWorld, temporaryFolder } from "./run-keel.ts";

async function open(test: TestContext, scene: Scene) {
  const { cluster } = scene;
  const cwd = await temporaryFolder(test);
  await mkdir(join(cwd, "cluster.d"));
  const { world } = makeWorld({ cwd, tty: true });
  const lent = {
    endpoints: async () => ["memory"],
    cluster: async () => ({ name: "lab", keys: cluster.keys }),
    store: async () => cluster.client(),
    feed: async () => cluster.feed,
  };
  const command = new Command()
    .option("--dir <folder>", "", "cluster.d")
    .option("--color <when>", "", "auto");
  const left = new AbortController();
  const runCommand: RunCommand = (args, _, ended) =>
    capturedRun((captured) => run(args, captured, lent), { ...world, ended });
  const context = openContext(command, { world, lent, runCommand, onExitCode: () => undefined });
  const write = (text: string) => writeFile(join(cwd, "cluster.d", "all.yaml"), text);
  return { actions: tuiActions(context, Promise.resolve(lent), left.signal), write, left };
}

describe("tuiActions", () => {
  it("answers questions with the words of the commands", async (test) => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    await scene.advance(20_000);
    const { actions } = await open(test, scene);
    assert.match((await actions.ask(["why", "VM/web1"])).join("\n"), /web1/);
    assert.match((await actions.ask(["describe", "Node/hv1"])).join("\n"), /hv1/);
    await assert.rejects(actions.ask(["why", "VM/nothing"]), /no VM named nothing/);
    await scene.end();
  });

  it("refuses to apply files that are not those that the user looked at", async (test) => {
    const scene = await new Scene(["hv1"]).begin();
    const { actions, write } = await open(test, scene);
    await write("kind: Node\nname: hv1\n");
    const answer = actions.apply("another digest");
    assert.ok(Symbol.asyncIterator in answer);
    await assert.rejects(answer[Symbol.asyncIterator]().next(), /files have changed since you looked/);
    await scene.end();
  });

  it("ends what it runs once the user has left", async (test) => {
    const scene = await new Scene(["hv1"]).begin();
    const { actions, left } = await open(test, scene);
    const watching = actions.ask(["events", "--watch"]);
    left.abort();
    await assert.rejects(watching, /interrupted/i);
    await scene.end();
  });

  it("approves by name", async (test) => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    await scene.advance(20_000);
    const { actions } = await open(test, scene);
    await assert.rejects(actions.approve("web1", []), /state: absent/);
    await scene.edit("VM/web1", { state: "absent" });
    assert.equal((await actions.approve("web1", [])).ok, true);
    await scene.advance(20_000);
    assert.equal(scene.story("web1").at(-1), "stop hv1");
    await scene.end();
  });
});
