import assert from "node:assert/strict";
import { Readable } from "node:stream";
import process from "node:process";
import { describe, it } from "node:test";

import { runTui } from "../../tui/main.tsx";
import { FakeClock } from "../support/fake-clock.ts";
import { busyCluster } from "./busy-cluster.ts";
import { eventually } from "./eventually.ts";
import { now } from "./fixture.ts";
import { FakeFeed } from "./stage.ts";
import { TerminalDouble } from "./terminal-double.ts";

const enterAlternate = "\u001B[?1049h";
const leaveAlternate = "\u001B[?1049l";
const showCursor = "\u001B[?25h";
const synchronizedEnd = "\u001B[?2026l";

describe("runTui", () => {
  async function run(signal?: AbortSignal) {
    const terminal = new TerminalDouble();
    const feed = new FakeFeed(busyCluster);
    const clock = new FakeClock(now);
    const { stdin, stdout } = terminal;
    const actions = {
      apply: () => Promise.resolve({ ok: true, text: "" } as const),
      ask: () => Promise.resolve([]),
      run: () => Readable.from([]),
      edit: () => Promise.resolve([]),
      approve: () => Promise.resolve({ ok: true, text: "" } as const),
    };
    const ended = runTui({ cluster: feed, actions, clock, readOnly: true, stdin, stdout }, signal);
    const shows = (text: string) => eventually(() => terminal.written.includes(text), text);
    await shows("VMS 12");
    return { terminal, feed, clock, ended, shows };
  }

  function assertGivenBack(terminal: TerminalDouble): void {
    const { written } = terminal;
    assert.ok(
      written.lastIndexOf(leaveAlternate) > written.lastIndexOf(enterAlternate),
      "leaves the alternate screen",
    );
    assert.ok(written.lastIndexOf(showCursor) > written.lastIndexOf("\u001B[?25l"), "shows the cursor");
    assert.equal(terminal.isRaw, false, "leaves raw mode");
  }

  it("takes the terminal, and gives it back as it was when the user leaves", async () => {
    const { terminal, ended, feed, clock } = await run();
    assert.ok(terminal.written.startsWith(enterAlternate));
    assert.equal(terminal.isRaw, true);
    terminal.press("q");
    await ended;
    assertGivenBack(terminal);
    assert.equal(feed.subscribers, 0);
    assert.equal(clock.pending, 0);
  });

  it("gives it back on Ctrl-C, and when it is told to end", async () => {
    const first = await run();
    first.terminal.press("\u0003");
    await first.ended;
    assertGivenBack(first.terminal);

    const controller = new AbortController();
    const second = await run(controller.signal);
    controller.abort();
    await second.ended;
    assertGivenBack(second.terminal);
  });

  it("leaves none of its signal handlers behind", async () => {
    const count = () =>
      ["SIGTSTP", "SIGCONT", "SIGTERM", "SIGINT"].map((name) => process.listenerCount(name));
    const before = count();
    const { terminal, ended } = await run();
    terminal.press("q");
    await ended;
    assert.deepEqual(count(), before);
  });

  it("writes only what changed, and never clears the screen for it", async () => {
    const { terminal, ended, shows } = await run();
    await shows(synchronizedEnd);
    terminal.forget();
    terminal.press("j");
    await shows("▸ hv2");
    await shows(synchronizedEnd);
    assert.doesNotMatch(terminal.written, /\u001B\[[0-3]?J/);
    assert.doesNotMatch(terminal.written, /VMS 12/);
    assert.ok(terminal.written.length < 1500, `${String(terminal.written.length)} characters for one key`);
    terminal.press("q");
    await ended;
  });

  it("writes nothing while nothing changes", async () => {
    const { terminal, feed, clock, ended, shows } = await run();
    await shows(synchronizedEnd);
    terminal.forget();
    feed.tell({ ...busyCluster, vms: busyCluster.vms.filter((vm) => vm.step === null) });
    await clock.advance(1000);
    await shows("edits wait");
    await shows(synchronizedEnd);
    terminal.forget();
    await clock.advance(50_000);
    assert.equal(terminal.written, "");
    terminal.press("q");
    await ended;
  });

  it("draws everything anew for another size, and when the process is continued", async () => {
    const { terminal, ended, shows } = await run();
    terminal.forget();
    terminal.resize(120, 30);
    await shows("(2h ago by root)");
    terminal.forget();
    process.emit("SIGCONT");
    await shows("VMS 12");
    assert.equal(terminal.isRaw, true);
    terminal.press("q");
    await ended;
    assertGivenBack(terminal);
  });

  it("loads React without its development checks, and leaves NODE_ENV as it was", async () => {
    const before = process.env["NODE_ENV"];
    const { terminal, ended } = await run();
    assert.equal(process.env["NODE_ENV"], before);
    terminal.press("q");
    await ended;
  });
});
