import assert from "node:assert/strict";
import { chmod, cp, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { type SavedPlan, writeSavedPlan } from "../../../cli/saved-plan.ts";
import { Bench, type BenchOptions } from "../bench.ts";
import { dbYaml, labYaml, webYaml, writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

/** The small cluster, applied. */
async function smallCluster(options: BenchOptions = {}): Promise<Bench> {
  const bench = await Bench.open(options);
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

const flushedYaml = labYaml.replace("name: hv2\n", "name: hv2\nstate: flushed\n");
const absentYaml = `${dbYaml}state: absent\n`;

describe("keel apply", () => {
  it("shows the plan, asks, does it, and follows it until it is done", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    const first = await bench.keel("apply", { answer: "yes" });
    const again = await bench.keel("apply");
    assertTranscript("apply", first, again);
    assert.deepEqual(bench.cluster.machine("hv1").active(), ["web1"]);
  });

  it("tells of what takes long every ten seconds", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.write("web.yaml", webYaml.replaceAll("2GiB", "10GiB"));
    await bench.keel("apply -y");
    await bench.write("lab.yaml", flushedYaml);
    assertTranscript("apply-migration", await bench.keel("apply -y"));
  });

  it("takes nothing but yes for an answer", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    for (const answer of ["y", "no", ""]) {
      const { err, exit } = await bench.keel("apply", { answer });
      assert.match(err, /Nothing was applied: the answer was not `yes`\./);
      assert.equal(exit, 1);
    }
    assert.equal(bench.cluster.feed.state.applied.head, null);
  });

  it("applies nothing where nobody can answer, unless told not to ask", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    const { err, exit } = await bench.keel("apply");
    assert.match(err, /Nothing was applied: nobody is there to answer\./);
    assert.equal(exit, 1);
    assert.equal((await bench.keel("apply -y")).exit, 0);
  });

  it("sets back what was changed by hand", async () => {
    await using bench = await smallCluster();
    bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
    await bench.clock.advance(3_000);
    const { out, exit } = await bench.keel("apply -y");
    assert.match(
      out,
      /What was changed by hand is set back\.\nvm\/web1: update done in 0s\nApply complete: 1 step/,
    );
    assert.equal(exit, 0);
    assert.equal(bench.cluster.machine("hv1").read().domains[0]?.live.memoryBytes, 2 * 2 ** 30);
  });

  it("puts on record what is written otherwise and means the same, without asking", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", dbYaml.replace("4GiB", "4096MiB"));
    const { out, exit } = await bench.keel("apply");
    assert.match(out, /^No changes to the cluster\. [^]*and\nmeans the same\.$/m);
    assert.match(out, /Generation 2 is in force\.\nApply complete: no step was needed \(generation 2\)\./);
    assert.equal(exit, 0);
  });

  it("does what it may, and exits with 3 for what needs an approval", async () => {
    await using bench = await smallCluster();
    await bench.write("db.yaml", absentYaml);
    const waiting = await bench.keel("apply -y");
    const still = await bench.keel("apply -y");
    const approval = await bench.keel("approve vm/db1 --destroy");
    await bench.clock.advance(10_000);
    const gone = await bench.keel("get vms");
    assertTranscript("apply-destroy", waiting, still, approval, gone);
  });

  it("says what failed, and exits with 7", async () => {
    await using bench = await smallCluster();
    await bench.write("web.yaml", `state: stopped\n${webYaml}`);
    await bench.keel("apply -y");
    const pool = { name: "default", type: "dir", path: null } as const;
    const root = {
      source: "volume",
      name: "root",
      pool,
      volume: "web1-root",
      sizeBytes: null,
      create: false,
    } as const;
    bench.cluster.machine("hv1").removeVolume(root);
    await bench.write("web.yaml", webYaml.replace("memory: 2GiB", "memory: 1GiB"));
    assertTranscript("apply-failed", await bench.keel("apply -y"));
  });

  it("has no form for programs, and says so", async () => {
    await using bench = await Bench.open();
    const { err, exit } = await bench.keel("apply -y -o json");
    assert.match(err, /There is no output format \\"json\\" here; use table\./);
    assert.equal(exit, 64);
  });

  it("does not wait where that is not wanted", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    const { out, exit } = await bench.keel("apply -y --no-wait");
    assert.match(
      out,
      /Generation 1 is in force\.\nWhat it takes is being done; `keel get steps` shows where it stands\.$/m,
    );
    assert.equal(exit, 0);
  });

  it("waits no longer than it is told to, and leaves all going on", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    const { err, exit } = await bench.keel("apply -y --timeout 2s");
    assert.match(err, /Waiting for the apply failed: the time given by --timeout is over\./);
    assert.equal(exit, 1);
    await bench.clock.advance(10_000);
    assert.deepEqual(bench.cluster.machine("hv2").active(), []);
  });

  it("leaves all going on when interrupted, and says so", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    const { err, exit } = await bench.keel("apply -y", { interruptAt: /migrating/ });
    assert.match(err, /^Generation 2 stays in force, and what was begun goes on\.$/m);
    assert.equal(exit, 130);
    await bench.clock.advance(10_000);
    assert.deepEqual(bench.cluster.machine("hv2").active(), []);
  });

  it("ends with a clear word where nobody carries it out", async () => {
    await using bench = await Bench.open({ reconciler: false });
    await writeSmallCluster(bench);
    const { err, exit } = await bench.keel("apply -y");
    assert.match(
      err,
      /no reconciler is running that would carry it out\.\n {2}Generation 1 is in force; start/,
    );
    assert.equal(exit, 1);
  });

  it("tells when somebody else applies meanwhile, and follows that", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    const other = async () => {
      await bench.write("lab.yaml", labYaml);
      await bench.keel("apply -y --no-wait");
    };
    const { out, exit } = await bench.keel("apply -y", { when: [/migrating/, other] });
    assert.match(out, /^root applied generation 3 meanwhile; following that\.$/m);
    assert.match(out, /^Apply complete: .* \(generation 3\)\.$/m);
    assert.equal(exit, 0);
    assert.deepEqual(bench.cluster.machine("hv2").active(), ["web2"]);
  });

  it("draws bars over themselves on a terminal", async () => {
    await using bench = await Bench.open();
    await writeSmallCluster(bench);
    await bench.write("web.yaml", webYaml.replaceAll("2GiB", "10GiB"));
    await bench.keel("apply -y");
    await bench.write("lab.yaml", flushedYaml);
    const { out } = await bench.keel("apply -y", { tty: true });
    assert.match(plain(out), /vm\/web2.* {2}migrating hv2 → hv3 .*━.* \d+ % /);
    assert.match(out, /\u001B\[\d+F\u001B\[J/);
    const screen = drawn(out);
    assert.deepEqual(screen.slice(-3), [
      "Generation 2 is in force.",
      "vm/web2: migrate done in 20s",
      screen.at(-1),
    ]);
    assert.match(screen.at(-1) ?? "", /^Apply complete: 1 step in \d\ds \(generation 2\)\.$/);
  });
});

describe("keel apply of a saved plan", () => {
  it("does what was saved, once", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    const saved = await bench.keel("plan --out edits.plan");
    const applied = await bench.keel("apply edits.plan -y");
    const again = await bench.keel("apply edits.plan -y");
    assertTranscript("apply-saved", saved, applied, again);
  });

  it("shows exactly what was shown when it was saved", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml.replace("name: lab\n", "name: lab\nmaintenance: true\n"));
    const { out: planned } = await bench.keel("plan");
    await bench.keel("plan --out edits.plan");
    const { out: shown } = await bench.keel("apply edits.plan");
    assert.equal(shown, planned.replace(/Next: .*\n/, ""));
  });

  it("applies the documents that were saved, whatever the folder says by now", async () => {
    await using bench = await smallCluster();
    await bench.write("web.yaml", webYaml.replaceAll("[shop]", "[shop, old]"));
    await bench.keel("plan --out edits.plan");
    await bench.write("web.yaml", webYaml.replaceAll("[shop]", "[shop, new]"));
    assert.equal((await bench.keel("apply edits.plan -y")).exit, 0);
    assert.deepEqual(bench.cluster.feed.state.desired.vms.get("web1")?.tags, ["shop", "old"]);
  });

  it("refuses it once something else was applied, a VM was moved, or a node has another state", async () => {
    const changes: readonly (readonly [RegExp, (bench: Bench) => Promise<unknown>])[] = [
      [
        /what is applied \(generation 1, now 2\)/,
        async (bench) => {
          await bench.write("web.yaml", webYaml.replaceAll("[shop]", "[other]"));
          await bench.keel("apply -y");
        },
      ],
      [
        /vm\/web1 \(revision \d+, now \d+\)/,
        async (bench) => {
          bench.cluster.machine("hv1").crash("web1");
          await bench.clock.advance(30_000);
        },
      ],
      [
        /node\/hv3 \(ok, now agent-down\)/,
        async (bench) => {
          bench.cluster.kill("agent/hv3");
          await bench.clock.advance(30_000);
        },
      ],
    ];
    for (const [pattern, change] of changes) {
      await using bench = await smallCluster();
      await bench.write("lab.yaml", flushedYaml);
      await bench.keel("plan --out edits.plan");
      await change(bench);
      const { err, exit } = await bench.keel("apply edits.plan -y");
      assert.match(err, pattern);
      assert.equal(exit, 4);
    }
  });

  it("refuses it once a node was booted again, or the store is another one", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    await bench.keel("plan --out edits.plan");
    const path = join(bench.folder, "edits.plan");
    const { seal: _, ...plan } = JSON.parse(await readFile(path, "utf8")) as SavedPlan & { seal: string };
    await writeSavedPlan(path, { ...plan, inputs: { ...plan.inputs, storeId: "another" } });
    const other = await bench.keel("apply edits.plan -y");
    assert.match(other.err, /stale: the store, which is another one or was restored, changed since/);
    assert.equal(other.exit, 4);
    const nodes = {
      ...plan.inputs.nodes,
      hv3: plan.inputs.nodes["hv3"]?.replace(/ .*/, " earlier-boot") ?? "",
    };
    await writeSavedPlan(path, { ...plan, inputs: { ...plan.inputs, nodes } });
    const booted = await bench.keel("apply edits.plan -y");
    assert.match(booted.err, /node\/hv3 \(it was booted again\)/);
    assert.equal(booted.exit, 4);
    await writeSavedPlan(path, plan);
    assert.equal((await bench.keel("apply edits.plan -y")).exit, 0);
  });

  it("is used once, however many apply it at the same time", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    await bench.keel("plan --out edits.plan");
    const both = await Promise.all([bench.keel("apply edits.plan -y"), bench.keel("apply edits.plan -y")]);
    assert.deepEqual(both.map(({ exit }) => exit).sort(), [0, 4]);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 2);
    assert.match((await bench.keel("apply edits.plan -y")).err, /This plan was applied before, by root/);
  });

  it("is used once also where it only sets back what was changed by hand", async () => {
    await using bench = await smallCluster();
    bench.cluster.machine("hv1").alter("web1", { memoryBytes: 3 * 2 ** 30 });
    await bench.clock.advance(3_000);
    await bench.keel("plan --out edits.plan");
    assert.equal((await bench.keel("apply edits.plan -y")).exit, 0);
    const { err, exit } = await bench.keel("apply edits.plan -y");
    assert.match(err, /This plan was applied before/);
    assert.equal(exit, 4);
  });

  it("is nobody else's to read, and holds no secret", async () => {
    const canary = "canary-9c1e77";
    await using bench = await smallCluster();
    await mkdir(join(bench.folder, "secrets", "bmc"), { recursive: true });
    await writeFile(join(bench.folder, "secrets", "bmc", "hv1"), canary, { mode: 0o600 });
    const bmc = "bmc: {agent: ipmilan, address: 10.0.9.11, user: fence, password: {file: bmc/hv1}}";
    await bench.write("lab.yaml", labYaml.replace("name: hv1\n", `name: hv1\n${bmc}\n`));
    const path = join(bench.folder, "edits.plan");
    await writeFile(path, "");
    await chmod(path, 0o644);
    await bench.keel("plan --out edits.plan");
    assert.equal((await stat(path)).mode & 0o777, 0o600);
    const text = await readFile(path, "utf8");
    assert.match(text, /bmc\/hv1/);
    assert.doesNotMatch(text, new RegExp(canary));
  });

  it("does not mind other measurements", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    await bench.keel("plan --out edits.plan");
    bench.cluster.machine("hv1").setLoad(7);
    await bench.clock.advance(30_000);
    assert.equal((await bench.keel("apply edits.plan -y")).exit, 0);
  });

  it("refuses it after a day", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    await bench.keel("plan --out edits.plan");
    const day = 24 * 3_600_000;
    const { err, exit } = await bench.keel("apply edits.plan -y", { aheadMs: day });
    assert.match(err, /The plan is stale: it expired at 2026-01-02T00:00:\d\d/);
    assert.equal(exit, 4);
    assert.equal((await bench.keel("apply edits.plan -y", { aheadMs: day - 1_000 })).exit, 0);
  });

  it("refuses a file that was changed, cut off, or is something else", async () => {
    await using bench = await smallCluster();
    await bench.write("lab.yaml", flushedYaml);
    await bench.keel("plan --out edits.plan");
    const path = join(bench.folder, "edits.plan");
    const whole = await readFile(path, "utf8");
    for (const text of [whole.replace("flushed", "cordoned"), whole.slice(0, 1000), "{}", "[1, 2]", ""]) {
      await writeFile(path, text);
      const { err, exit } = await bench.keel("apply edits.plan -y");
      assert.match(err, /edits\.plan is not a saved plan: it is not whole, or was changed\./);
      assert.equal(exit, 1);
    }
    const { err } = await bench.keel("apply nowhere.plan -y");
    assert.match(err, /nowhere\.plan is not a saved plan: ENOENT/);
  });
});

describe("keel apply of a folder that is not based on what is applied", () => {
  /** Applied from the folder; then again, with another edit, from a copy of it. */
  async function staleCluster(): Promise<Bench> {
    const bench = await smallCluster();
    await cp(join(bench.folder, "cluster.d"), join(bench.folder, "copy.d"), { recursive: true });
    await writeFile(join(bench.folder, "copy.d", "web.yaml"), webYaml.replaceAll("[shop]", "[theirs]"));
    await writeFile(join(bench.folder, "copy.d", "new.yaml"), "kind: VM\nname: new1\nmemory: 1GiB\n");
    assert.equal((await bench.keel("apply -y --dir copy.d")).exit, 0);
    await bench.write("db.yaml", dbYaml.replace("cpus: 2", "cpus: 1"));
    return bench;
  }

  it("shows what it would undo, and does it for nobody who did not look", async () => {
    await using bench = await staleCluster();
    const planned = await bench.keel("plan");
    const refused = await bench.keel("apply -y");
    const declined = await bench.keel("apply", { answer: "no" });
    const drift = await bench.keel("drift");
    assertTranscript("apply-stale", planned, refused, declined, drift);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 2);
    const { undo } = (await bench.data("plan")) as { undo: { objects: { object: string }[] } };
    assert.deepEqual(
      undo.objects.map(({ object }) => object),
      ["VM/new1", "VM/web1", "VM/web2"],
    );
    assert.match(
      (await bench.keel("plan -o markdown")).out,
      /\*\*! would undo .*: 3 objects\*\*\n\n- vm\/new1: addition/,
    );
  });

  it("undoes it for who says so, and then the folder is based on what is applied", async () => {
    await using bench = await staleCluster();
    assert.equal((await bench.keel("apply -y --undo")).exit, 0);
    assert.deepEqual(bench.cluster.feed.state.desired.vms.get("web1")?.tags, ["shop"]);
    await bench.write("db.yaml", dbYaml);
    assert.equal((await bench.keel("apply -y")).exit, 0);
    assert.equal((await bench.keel("apply -y --dir copy.d")).exit, 4);
  });

  it("undoes it for who was asked", async () => {
    await using bench = await staleCluster();
    assert.equal((await bench.keel("apply", { answer: "yes" })).exit, 0);
    assert.equal(bench.cluster.feed.state.applied.head?.generation, 3);
  });

  it("asks nothing more where the folder has taken over what was applied", async () => {
    await using bench = await staleCluster();
    await bench.write("web.yaml", webYaml.replaceAll("[shop]", "[theirs]"));
    await bench.write("new.yaml", "kind: VM\nname: new1\nmemory: 2GiB\n");
    assert.equal((await bench.keel("apply -y")).exit, 4, "new1 was edited otherwise");
    await bench.write("new.yaml", "kind: VM\nname: new1\nmemory: 1GiB\n");
    const { exit, out } = await bench.keel("apply -y");
    assert.equal(exit, 0);
    assert.doesNotMatch(out, /would undo/);
  });

  it("refuses a saved plan that would undo something just so", async () => {
    await using bench = await staleCluster();
    await bench.keel("plan --out edits.plan");
    assert.equal((await bench.keel("apply edits.plan -y")).exit, 4);
    assert.equal((await bench.keel("apply edits.plan -y --undo")).exit, 0);
  });

  it("minds nothing where it is not known what the folder is based on: it is applied by hand", async () => {
    await using bench = await staleCluster();
    await rm(join(bench.folder, "cluster.d", ".keel-base.json"));
    assert.equal((await bench.keel("apply -y")).exit, 0);
  });
});

/** What is left on a terminal after all that was written to it. */
function drawn(text: string): readonly string[] {
  const lines: string[] = [];
  for (const part of plain(text).split(/(?=\u001B\[\d+F)/)) {
    const up = /^\u001B\[(\d+)F\u001B\[J/.exec(part);
    if (up !== null) lines.splice(lines.length - Number(up[1]));
    lines.push(
      ...part
        .slice(up?.[0].length ?? 0)
        .split("\n")
        .slice(0, -1),
    );
  }
  return lines;
}

function plain(text: string): string {
  return text.replaceAll(/\u001B\[\d+m/g, "");
}
