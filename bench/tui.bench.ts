/** From a key to its frame, with 10,000 VMs on 100 nodes: through Ink's parser, the session, React and Ink's output. */
import { once } from "node:events";
import { PassThrough, Readable, Writable } from "node:stream";

import type { ClusterReport } from "../reconciler/model/report.ts";
import type { VmState } from "../reconciler/model/states.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { clusterReport, GiB, nodeReport, stepReport, vmReport } from "../test/tui/fixture.ts";
import { loadShell } from "../tui/main.tsx";
import { paletteOf } from "../tui/palette.ts";
import { Session } from "../tui/session.ts";
import type { Report } from "./report.ts";

export const name = "tui: a key to its frame, 10,000 VMs, 100 nodes, 120x40";

const size = { columns: 120, rows: 40 };

export async function run(report: Report): Promise<void> {
  const stdin = new Keyboard();
  const stdout = new Screen();
  const feed = new Feed(bigCluster());
  const session = new Session({
    cluster: feed,
    actions: noActions,
    clock: systemClock,
    readOnly: true,
    size,
    traits: { colour: true, unicode: true, spoken: false },
    onTerminal: () => undefined,
  });
  const { mount } = await loadShell();
  const palette = paletteOf(true);
  const firstFrame = once(stdout, "frame");
  const instance = mount(session, {
    stdin,
    stdout,
    palette,
    framesPerSecond: 1000,
    onReady: () => undefined,
  });
  await firstFrame;
  await measureRest(report, "nothing changes", stdout, () => undefined);
  let percent = 0;
  await report.time("a new report", async () => {
    const frame = once(stdout, "frame");
    percent = (percent + 7) % 100;
    feed.change(percent);
    session.resize(size);
    await frame;
  });
  await measureRest(report, "a migration's progress, once a second", stdout, () => {
    percent = (percent + 1) % 100;
    feed.change(percent);
  });
  for (const [label, keys] of keyRounds) {
    let next = 0;
    stdin.write("3");
    await systemClock.sleep(50);
    await report.time(label, async () => {
      const frame = once(stdout, "frame");
      stdin.write(keys[next % keys.length] ?? "");
      next += 1;
      await frame;
    });
  }
  instance.unmount();
  session.close();
}

const restSeconds = 20;

/** What it takes while nobody presses a key: of one processor, and of the line to the terminal. */
async function measureRest(
  report: Report,
  label: string,
  stdout: Screen,
  everySecond: () => void,
): Promise<void> {
  stdout.bytes = 0;
  stdout.clears = 0;
  const before = process.cpuUsage();
  for (let second = 0; second < restSeconds; second++) {
    await systemClock.sleep(1_000);
    everySecond();
  }
  const { user, system } = process.cpuUsage(before);
  report.figure(`${label}: processor`, (user + system) / 10_000 / restSeconds, "%");
  report.figure(`${label}: written`, stdout.bytes / restSeconds, "bytes/s");
  report.figure(`${label}: screens cleared`, stdout.clears, "");
}

/** Each key changes what is on screen, or no frame would come. */
const keyRounds: readonly (readonly [label: string, keys: readonly string[]])[] = [
  ["down, up", ["j", "k"]],
  ["page down, page up", ["\u001B[6~", "\u001B[5~"]],
  ["last, first", ["G", "g"]],
  ["screen of nodes, of VMs", ["2", "3"]],
  ["next sort order", ["s"]],
  ["filter, a letter at a time", ["/", "7", "1", "\u007F", "\u007F", "\r"]],
];

function bigCluster(): ClusterReport {
  const states: readonly VmState[] = ["running", "running", "stopped", "held"];
  const nodes = Array.from({ length: 100 }, (_, index) => nodeReport(`hv${String(index)}`));
  const vms = Array.from({ length: 10_000 }, (_, index) =>
    vmReport(`vm${String(index).padStart(5, "0")}`, {
      node: `hv${String((index * 7) % 100)}`,
      state: states[(index * 3) % states.length] ?? "running",
      memoryBytes: (1 + ((index * 5) % 16)) * GiB,
    }),
  );
  return clusterReport({ nodes, vms });
}

class Feed {
  readonly #callbacks = new Set<() => void>();
  #report: ClusterReport;

  constructor(report: ClusterReport) {
    this.#report = report;
  }

  current(): ClusterReport {
    return this.#report;
  }

  problem(): null {
    return null;
  }

  subscribe(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  /** The first VM migrates, and is at `percent`. */
  change(percent: number): void {
    const [first, ...others] = this.#report.vms;
    if (first === undefined) return;
    const moving = { ...first, state: "migrating" as const, step: stepReport({ percent }) };
    this.#report = { ...this.#report, vms: [moving, ...others] };
    for (const callback of this.#callbacks) callback();
  }
}

/** A terminal that takes everything at once and says when it got a frame. */
class Screen extends Writable {
  readonly isTTY = true;
  readonly columns = size.columns;
  readonly rows = size.rows;

  bytes = 0;
  clears = 0;

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.bytes += chunk.length;
    if (chunk.includes("\u001B[2J") || chunk.includes("\u001B[H\u001B[J")) this.clears += 1;
    if (chunk.length > longestMark) this.emit("frame");
    done();
  }
}

/** Ink writes short marks before and after each frame. */
const longestMark = 16;

class Keyboard extends PassThrough {
  readonly isTTY = true;

  setRawMode(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}

const noActions = {
  apply: () => Promise.resolve({ ok: true, text: "" } as const),
  ask: () => Promise.resolve([]),
  run: () => Readable.from([]),
  edit: () => Promise.resolve([]),
  approve: () => Promise.resolve({ ok: true, text: "" } as const),
};
