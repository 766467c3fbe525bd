import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runSource } from "../../../reconciler/control/source.ts";
import { FolderReader } from "../../../reconciler/desired/load/folder-reader.ts";
import type { SourceReport } from "../../../reconciler/model/report.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { Scene } from "../../support/cluster/scene.ts";
import { vm } from "../../support/plan/model-cluster.ts";

const nodes = ["hv1", "hv2", "hv3"].map((name) => `kind: Node\nname: ${name}\n`).join("---\n");
const web = (memory: string) => `kind: VM\nname: web\nmemory: ${memory}\n`;

/** A virtual cluster, and a real folder that is really watched. */
class Watched implements AsyncDisposable {
  readonly scene: Scene;
  readonly folder: string;
  readonly #end = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(scene: Scene, folder: string) {
    this.scene = scene;
    this.folder = folder;
  }

  static async begin(mode: "plan" | "safe"): Promise<Watched> {
    const folder = await mkdtemp(join(tmpdir(), "keel-source-"));
    const cluster = `kind: Cluster\nname: lab\nreconcile: {mode: ${mode}}\n`;
    await writeFile(join(folder, "cluster.yaml"), `${cluster}---\n${nodes}`);
    await writeFile(join(folder, "web.yaml"), web("1GiB"));
    const scene = new Scene();
    await scene.begin({ kind: "Cluster", name: "lab", reconcile: { mode } }, vm("web"));
    const watched = new Watched(scene, folder);
    const { cluster: parts } = scene;
    watched.#running = runSource(
      {
        reader: new FolderReader({ folder, clock: systemClock, host: "here", simulated: true }),
        store: parts.client(),
        keys: parts.keys,
        feed: parts.feed,
        clock: systemClock,
        log: silentLog,
        random: (count) => new Uint8Array(count),
        id: "here",
        host: "here",
        settleMs: 20,
      },
      watched.#end.signal,
    );
    return watched;
  }

  write(file: string, text: string): Promise<void> {
    return writeFile(join(this.folder, file), text);
  }

  /** The first report that is as wanted. */
  async until(wanted: (report: SourceReport) => boolean): Promise<SourceReport> {
    const { feed } = this.scene.cluster;
    for (;;) {
      const report = feed.state.sources.get("here");
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
});
