import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runSource } from "../../../reconciler/control/source.ts";
import { FolderReader } from "../../../reconciler/desired/load/folder-reader.ts";
import type { SourceReport } from "../../../reconciler/model/report.ts";
import type { Store } from "../../../reconciler/store/store.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { unwaveringTrust } from "../../../reconciler/store/trust/trust.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { vm } from "../../support/plan/model-cluster.ts";

const nodes = ["hv1", "hv2", "hv3"].map((name) => `kind: Node\nname: ${name}\n`).join("---\n");
const web = (memory: string) => `kind: VM\nname: web\nmemory: ${memory}\n`;

/** A virtual cluster, and a real folder that is really watched. */
class Watched implements AsyncDisposable {
  readonly scene: Scene;
  readonly folder: string;
  isBelieved = true;
  readonly #end = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(scene: Scene, folder: string) {
    this.scene = scene;
    this.folder = folder;
  }

  static async begin(mode: "plan" | "safe", file = web("1GiB")): Promise<Watched> {
    const folder = await mkdtemp(join(tmpdir(), "keel-source-"));
    const cluster = `kind: Cluster\nname: lab\nreconcile: {mode: ${mode}}\n`;
    await writeFile(join(folder, "cluster.yaml"), `${cluster}---\n${nodes}`);
    await writeFile(join(folder, "web.yaml"), file);
    const scene = new Scene();
    await scene.begin({ kind: "Cluster", name: "lab", reconcile: { mode } }, vm("web"));
    const watched = new Watched(scene, folder);
    watched.#running = watched.#watch("here", folder);
    return watched;
  }

  get store(): Store {
    return this.scene.cluster.client();
  }

  get generation(): number | undefined {
    return this.scene.cluster.feed.state.applied.head?.generation;
  }

  /** Another reconciler that wants to watch a folder. */
  second(id: string): Promise<void> {
    return this.#watch(id, tmpdir());
  }

  #watch(id: string, folder: string): Promise<void> {
    const { keys, feed } = this.scene.cluster;
    const clock = systemClock;
    const random = (count: number) => new Uint8Array(count);
    const reader = new FolderReader({ folder, clock, host: "here", simulated: true });
    const store = this.store;
    const log = silentLog;
    const steady = unwaveringTrust(keys.store);
    const trust = { ...steady, guard: () => (this.isBelieved ? steady.guard() : null) };
    const options = { reader, store, keys, feed, clock, log, random, id, host: "here", settleMs: 20, trust };
    return runSource(options, this.#end.signal);
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text);
  }

  /** The first report that is as wanted. */
  async until(wanted: (report: SourceReport) => boolean): Promise<SourceReport> {
    const { feed } = this.scene.cluster;
    for (;;) {
      const report = feed.state.sources.get("folder");
      if (report !== undefined && wanted(report)) return report;
      await feed.changed(AbortSignal.timeout(20_000));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.#running;
    await this.scene.end();
    await rm(this.folder, { recursive: true });
  }
}

describe("the watched folder", () => {
  it("tells of edits that wait for apply, and that they no longer do", async () => {
    await using watched = await Watched.begin("plan");
    await watched.until((report) => report.status === "ok" && report.pending?.hasChanges === false);
    await watched.write("web.yaml", web("2GiB"));
    const { pending } = await watched.until((report) => report.pending?.hasChanges === true);
    assert.deepEqual(
      pending?.changes.map((c) => [c.object, c.fields[0]?.old, c.fields[0]?.new]),
      [["VM/web", "1GiB", "2GiB"]],
    );
    assert.deepEqual(pending?.changes[0]?.source, { file: "web.yaml", line: 1 });
    watched.scene.put(vm("web", { memory: "2GiB" }));
    await watched.scene.apply();
    await watched.until((report) => report.pending?.hasChanges === false);
  });

  it("keeps what is applied while the folder is invalid, and says where", async () => {
    await using watched = await Watched.begin("plan");
    await watched.write("web.yaml", web("2G"));
    const { problems } = await watched.until((report) => report.status === "invalid");
    assert.match(problems[0] ?? "", /^web\.yaml:3:9 /);
    assert.equal(watched.scene.cluster.feed.state.applied.head?.generation, 1);
  });

  it("takes a folder that loses most of its objects at once for suspect, not for an order", async () => {
    await using watched = await Watched.begin("safe");
    await watched.until((report) => report.status === "ok");
    await rm(join(watched.folder, "cluster.yaml"));
    await rm(join(watched.folder, "web.yaml"));
    await watched.until((report) => report.status === "suspect");
    assert.equal(watched.scene.cluster.feed.state.applied.head?.generation, 1);
  });

  it("applies what is harmless by itself in safe mode, and nothing that stops a guest", async () => {
    await using watched = await Watched.begin("safe");
    await watched.until((report) => report.status === "ok");
    await watched.write("web.yaml", web("2GiB"));
    await watched.until(() => watched.scene.cluster.feed.state.applied.head?.generation === 2);
    await watched.scene.advance(5_000);
    await watched.write("web.yaml", `${web("2GiB")}state: stopped\n`);
    const { pending } = await watched.until(
      (report) => report.pending?.hasChanges === true && report.pending.generation === 2,
    );
    assert.equal(pending?.changes[0]?.word, "stop");
    assert.equal(watched.scene.cluster.feed.state.applied.head?.generation, 2);
  });

  it("applies nothing by itself that would undo what was applied from elsewhere, and says what", async () => {
    await using watched = await Watched.begin("safe");
    await watched.until((report) => report.status === "ok");
    watched.scene.put(vm("elsewhere"));
    await watched.scene.edit("VM/web", { tags: ["theirs"] });
    await watched.write("new.yaml", "kind: VM\nname: new\nmemory: 1GiB\n");
    const { problems, pending } = await watched.until(
      (report) =>
        report.status === "stale" && report.pending?.changes.some((c) => c.object === "VM/new") === true,
    );
    assert.match(
      problems[0] ?? "",
      /based on generation 1; .* up to generation 2 by simulator, .*: VM\/elsewhere \(addition\), VM\/web \(edit: tags\)$/,
    );
    assert.equal(pending?.undo?.objects.length, 2);
    assert.equal(watched.generation, 2);
  });

  it("goes on by itself once the folder has taken over what was applied from elsewhere", async () => {
    await using watched = await Watched.begin("safe");
    await watched.until((report) => report.status === "ok");
    await watched.scene.edit("VM/web", { tags: ["theirs"] });
    await watched.until((report) => report.status === "stale");
    await watched.write("web.yaml", `${web("2GiB")}tags: [theirs]\n`);
    await watched.until(() => watched.generation === 3);
    await watched.until((report) => report.status === "ok" && report.pending?.hasChanges === false);
  });

  it("applies nothing by itself where it is not known what the folder is based on", async () => {
    await using watched = await Watched.begin("safe", web("2GiB"));
    const { problems } = await watched.until((report) => report.status === "stale");
    assert.match(problems[0] ?? "", /^it is not known which generation the folder is based on/);
    assert.equal(watched.generation, 1);
    await watched.scene.edit("VM/web", { memory: "2GiB" });
    await watched.until((report) => report.status === "ok" && report.pending?.hasChanges === false);
    await watched.write("web.yaml", web("3GiB"));
    await watched.until(() => watched.generation === 3);
  });

  it("applies nothing by itself while the store may not be believed", async () => {
    await using watched = await Watched.begin("safe");
    await watched.until((report) => report.status === "ok");
    watched.isBelieved = false;
    await watched.write("web.yaml", web("2GiB"));
    await watched.until((report) => report.pending?.hasChanges === true);
    assert.equal(watched.generation, 1);
    watched.isBelieved = true;
    await watched.write("web.yaml", web("3GiB"));
    await watched.until(() => watched.generation === 2);
  });

  it("ends with an error where another folder is watched already", async () => {
    await using watched = await Watched.begin("plan");
    await watched.until((report) => report.status === "ok");
    await assert.rejects(watched.second("other"), /The reconciler here on here watches .* already/);
  });

  it("claims the source again where it lost it, and tells what it told before", async () => {
    await using watched = await Watched.begin("plan");
    await watched.write("web.yaml", web("2GiB"));
    await watched.until((report) => report.pending?.hasChanges === true);
    const { keys } = watched.scene.cluster;
    await watched.store.transact({ compare: [], then: [{ delete: keys.source }] });
    await watched.write("web.yaml", web("3GiB"));
    await watched.until((report) => report.pending?.changes[0]?.fields[0]?.new === "3GiB");
  });
});
