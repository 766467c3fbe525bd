import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import type { Head } from "../../../reconciler/control/desired-objects.ts";
import { readFolderBases, writeFolderBases } from "../../../reconciler/control/folder-base-file.ts";
import { footingOf, rememberAttempt, rememberBase } from "../../../reconciler/control/folder-footing.ts";
import type { Loaded } from "../../../reconciler/desired/load-result.ts";
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import type { ObjectId } from "../../../reconciler/model/names.ts";
import { temporaryFolder } from "../../cli/run-keel.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { vm, vmId } from "../../support/plan/model-cluster.ts";

/** Generation 1 came from the folder, generation 2 from elsewhere; the folder has an edit of its own. */
async function twoGenerations(test: TestContext) {
  const directory = await temporaryFolder(test);
  const scene = await new Scene().begin(vm("web"), vm("db"));
  test.after(() => scene.end());
  const { keys, feed } = scene.cluster;
  const first = head(scene);
  await rememberBase(directory, "default", first);
  const folder = loaded(new Map([...scene.documents, [vmId("db"), vm("db", { tags: ["mine"] })]]));
  await scene.edit(vmId("web"), { tags: ["theirs"] });
  await scene.advance(100);
  const store = scene.cluster.client();
  const look = (of = folder) =>
    footingOf({ store, keys, directory, loaded: of, applied: feed.state.applied });
  return { directory, scene, store, keys, first, look };
}

function head({ cluster }: Scene): Head {
  const { head: found } = cluster.feed.state.applied;
  assert.ok(found);
  return found;
}

function loaded(documents: ReadonlyMap<ObjectId, unknown>): Loaded {
  const result = resolveDocuments(documents, { host: "here", simulated: true });
  assert.ok(result.ok);
  return result;
}

describe("what a folder stands on", () => {
  it("is an older generation, with what it lacks of the newer one", async (test) => {
    const { look } = await twoGenerations(test);
    const footing = await look();
    assert.equal(footing.kind, "stale");
    assert.deepEqual(footing.kind === "stale" ? footing.undo : null, {
      base: 1,
      head: 2,
      by: "simulator",
      objects: [{ object: "VM/web", change: "edit", fields: ["tags"], conflict: false }],
    });
  });

  it("is what is in force, once that is remembered, or where both say the same", async (test) => {
    const { directory, scene, look } = await twoGenerations(test);
    assert.equal((await look(loaded(scene.documents))).kind, "current");
    await rememberBase(directory, "default", head(scene));
    assert.equal((await look()).kind, "current");
    assert.deepEqual(
      (await readFolderBases(directory)).map(({ generation }) => generation),
      [2],
    );
  });

  it("is the generation of an apply whose answer was lost, once the history tells that it came to be", async (test) => {
    const { directory, scene, look } = await twoGenerations(test);
    const { digest } = head(scene);
    await rememberAttempt(directory, "default", { generation: 2, digest });
    assert.equal((await look()).kind, "current");
    await scene.edit(vmId("db"), { tags: ["theirs"] });
    await scene.advance(100);
    const footing = await look();
    assert.equal(footing.kind === "stale" ? footing.undo.base : null, 2);
  });

  it("is the last known one, where an apply never came to be", async (test) => {
    const { directory, look } = await twoGenerations(test);
    await rememberAttempt(directory, "default", { generation: 2, digest: "never in force" });
    const footing = await look();
    assert.equal(footing.kind === "stale" ? footing.undo.base : null, 1);
  });

  it("is not known without a note, or with one of another cluster or of another store", async (test) => {
    const { directory, look, first } = await twoGenerations(test);
    for (const other of [{ cluster: "prod" }, { digest: "of another store" }, { generation: 9 }]) {
      const { generation, digest } = first;
      await writeFolderBases(directory, [{ cluster: "default", generation, digest, ...other }]);
      assert.equal((await look()).kind, "unknown");
    }
  });

  it("is not known once the history has lost it, or what it was made of", async (test) => {
    const { look, store, keys, first, scene } = await twoGenerations(test);
    const parts = new Set(Object.values(head(scene).parts));
    const gone = Object.values(first.parts).filter((digest) => !parts.has(digest));
    await store.transact({ compare: [], then: gone.map((digest) => ({ delete: keys.object(digest) })) });
    assert.equal((await look()).kind, "unknown");
    await store.transact({ compare: [], then: [{ delete: keys.history(1) }] });
    assert.equal((await look()).kind, "unknown");
  });
});
