import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capturedRun, CommandFailedError } from "../../cli/captured-run.ts";
import type { Lent } from "../../cli/context.ts";
import { run } from "../../cli/run.ts";
import type { World } from "../../cli/world.ts";
import { exitCodes } from "../../reconciler/model/errors.ts";
import { Scene } from "../support/cluster/scene.ts";
import { vm } from "../support/plan/model-cluster.ts";
import { makeWorld } from "./run-keel.ts";

function lend(scene: Scene): Lent {
  const { cluster } = scene;
  return {
    endpoints: async () => ["memory"],
    cluster: async () => ({ name: "lab", keys: cluster.keys }),
    store: async () => cluster.client(),
    feed: async () => cluster.feed,
  };
}

function captured(args: readonly string[], world: World, scene: Scene): AsyncIterable<string> {
  return capturedRun((inner) => run(args, inner, lend(scene)), world);
}

async function linesOf(lines: AsyncIterable<string>): Promise<string[]> {
  const collected: string[] = [];
  for await (const line of lines) collected.push(line);
  return collected;
}

describe("capturedRun", () => {
  it("gives what a command says about the cluster that it is lent, without colours", async () => {
    const scene = await new Scene(["hv1"]).begin(vm("web1"));
    await scene.advance(20_000);
    const { world, out } = makeWorld({ cwd: "/", tty: true, env: { FORCE_COLOR: "1" } });
    const lines = await linesOf(captured(["get", "vms", "-o", "name"], world, scene));
    assert.deepEqual(lines, ["vm/web1"]);
    assert.equal(out(), "");
    assert.equal(scene.cluster.feed.listed, true);
    await scene.end();
  });

  it("throws what a command complains of where it fails", async () => {
    const scene = await new Scene(["hv1"]).begin();
    const { world, err } = makeWorld({ cwd: "/" });
    const isRefusal = (error: unknown): boolean =>
      error instanceof CommandFailedError &&
      error.exit === exitCodes.error &&
      /no VM named nothing/.test(error.message);
    await assert.rejects(linesOf(captured(["why", "vm/nothing"], world, scene)), isRefusal);
    assert.equal(err(), "");
    await scene.end();
  });
});
