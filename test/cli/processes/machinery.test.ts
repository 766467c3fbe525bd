import assert from "node:assert/strict";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { Machinery } from "../../../cli/processes/machinery.ts";
import { prepareStateFolder } from "../../../cli/processes/state-folder.ts";
import { KeelError } from "../../../reconciler/model/errors.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { temporaryFolder } from "../run-keel.ts";
import { launchScripts } from "./fake-part.ts";

const cluster = { name: "lab", leaseMs: 10_000 };

/** Notes its begin and its end; a host's power is on at once. */
const noting = `
  const note = (what) => require('fs').appendFileSync(NOTES, what + ' ' + process.env.KEEL_PART + require('os').EOL);
  process.on('SIGTERM', () => { note('end'); process.exit(0); });
  setInterval(() => {}, 1000);
  note('begin');
  process.send({kind: 'ready'});
  process.send({kind: 'power', on: true});
`;

async function build(test: TestContext, scripts: Readonly<Record<string, string>> = {}) {
  const root = await temporaryFolder(test);
  const folder = prepareStateFolder(join(root, "cluster.d"), {});
  const notes = join(root, "notes");
  appendFileSync(notes, "");
  const told: string[] = [];
  let look: () => void = () => undefined;
  const script = noting.replace("NOTES", JSON.stringify(notes));
  const all = {
    store: script,
    reconciler: script,
    api: script,
    host: script,
    heartbeat: script,
    agent: script,
    ...scripts,
  };
  const machinery = new Machinery({
    folder,
    directory: join(root, "cluster.d"),
    launch: launchScripts(all),
    clock: systemClock,
    tell: (what, text) => {
      told.push(`${what} ${text}`);
      look();
    },
  });
  test.after(() => machinery.end());
  const noted = () =>
    readFileSync(notes, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  const untilNoted = async (lines: number): Promise<void> => {
    const deadline = AbortSignal.timeout(30_000);
    while (noted().length < lines) await systemClock.sleep(5, deadline);
  };
  const untilTold = async (pattern: RegExp): Promise<void> => {
    while (!told.some((text) => pattern.test(text))) await new Promise<void>((resolve) => (look = resolve));
  };
  return { machinery, folder, noted, untilNoted, untilTold };
}

describe("Machinery", () => {
  it("ends the API and agents first, then the reconciler, heartbeats, hosts, and the store last", async (test) => {
    const { machinery, noted, untilNoted } = await build(test);
    await machinery.startStore();
    machinery.startReconciler(cluster);
    machinery.startApi();
    machinery.setNodes(cluster, new Set(["hv1", "hv2"]));
    await untilNoted(9);
    await machinery.end();
    const ends = noted()
      .filter((line) => line.startsWith("end "))
      .map((line) => line.slice("end ".length));
    const stages = [[0, 1], [1, 3], [3, 4], [4, 6], [6, 8], [8]].map(([from, to]) => ends.slice(from, to));
    assert.deepEqual(
      stages.map((stage) => stage.toSorted()),
      [
        ["api"],
        ["agent-hv1", "agent-hv2"],
        ["reconciler"],
        ["heartbeat-hv1", "heartbeat-hv2"],
        ["host-hv1", "host-hv2"],
        ["store"],
      ],
    );
  });

  it("switches a node off that is not wanted any more, and leaves the others alone", async (test) => {
    const { machinery, noted, untilNoted, untilTold } = await build(test);
    machinery.setNodes(cluster, new Set(["hv1", "hv2"]));
    await untilNoted(6);
    machinery.setNodes(cluster, new Set(["hv1"]));
    await untilTold(/^node\/hv2 is switched off/);
    assert.deepEqual(noted().slice(6), ["end agent-hv2", "end heartbeat-hv2", "end host-hv2"]);
    assert.deepEqual([...machinery.knownNodes()].sort(), ["hv1", "hv2"]);
  });

  it("gives each machine an id of its own, and keeps it", async (test) => {
    const { machinery, folder, untilNoted } = await build(test);
    machinery.setNodes(cluster, new Set(["hv1", "hv2"]));
    await untilNoted(6);
    const ids = ["hv1", "hv2"].map((node) => readFileSync(join(folder.nodes, node, "machine-id"), "utf8"));
    assert.ok(ids.every((id) => /^[0-9a-f]{32}\n$/.test(id)) && ids[0] !== ids[1]);
    assert.equal(existsSync(join(folder.nodes, "hv1", "boot-id")), false, "that is the host's to write");
  });

  it("fails to start where the store does, with the store's own words", async (test) => {
    const failing = "console.error('error: the store is damaged'); process.exit(1)";
    const { machinery } = await build(test, { store: failing });
    const isFailure = (error: unknown) =>
      error instanceof KeelError && error.message === "starting the store failed: the store is damaged.";
    await assert.rejects(machinery.startStore(), isFailure);
    await machinery.end();
  });
});
