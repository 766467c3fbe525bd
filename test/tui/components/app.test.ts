import assert from "node:assert/strict";
import { afterEach, describe, it } from "node:test";

import { cleanup, render } from "ink-testing-library";
import { createElement } from "react";

import { App } from "../../../tui/components/app.tsx";
import { paletteOf } from "../../../tui/palette.ts";
import { busyCluster } from "../busy-cluster.ts";
import { eventually } from "../eventually.ts";
import { Stage } from "../stage.ts";

/** What terminals send. */
const keys = { down: "\u001B[B", esc: "\u001B", enter: "\r", pageDown: "\u001B[6~", ctrlZ: "\u001A" };

describe("the keyboard", () => {
  afterEach(cleanup);

  function open() {
    const stage = new Stage({ report: busyCluster, size: { columns: 100, rows: 24 } });
    const onReady = () => undefined;
    const screen = render(createElement(App, { session: stage.session, palette: paletteOf(false), onReady }));
    const shows = (pattern: RegExp) =>
      eventually(
        () => pattern.test(screen.lastFrame() ?? ""),
        `${String(pattern)} in\n${screen.lastFrame() ?? ""}`,
      );
    const press = async (key: string, pattern: RegExp) => {
      screen.stdin.write(key);
      await shows(pattern);
    };
    return { stage, screen, press, shows };
  }

  it("moves the cursor with arrows, letters and pages", async () => {
    const { press, shows } = open();
    await shows(/▸ hv1/);
    await press(keys.down, /▸ hv2/);
    await press("k", /▸ hv1/);
    await press(keys.pageDown, /▸ hv4/);
    await press("G", /▸ web4/);
  });

  it("takes Esc for Esc, and for nothing else that begins like it", async () => {
    const { press } = open();
    await press("3", /VMS 12/);
    await press("/", / \/ /);
    await press("web", /VMS 4 of 12/);
    await press(keys.esc, /VMS 12/);
    await press(keys.esc, /NODES 4/);
  });

  it("opens a VM, asks why, and comes back", async () => {
    const { press, stage } = open();
    await press("3", /VMS 12/);
    await press(keys.enter, /all of VM\/batch1/);
    await press("w", /VM\/batch1 is where it should be/);
    assert.deepEqual(stage.calls, ["describe VM/batch1", "why VM/batch1"]);
    await press(keys.esc, /VMS 12/);
  });

  it("runs a command that is typed in one go", async () => {
    const { press } = open();
    await press(":events\r", /EVENTS 4/);
  });

  it("asks the shell to suspend on Ctrl-Z and to leave on q", async () => {
    const { stage, screen } = open();
    screen.stdin.write(keys.ctrlZ);
    screen.stdin.write("q");
    await eventually(() => stage.asked.length === 2, "two requests");
    assert.deepEqual(stage.asked, ["suspend", "quit"]);
  });

  it("draws what the feed tells", async () => {
    const { stage, shows } = open();
    await shows(/VMS 12/);
    stage.feed.tell({ ...busyCluster, vms: busyCluster.vms.slice(0, 3) });
    await stage.clock.advance(100);
    await shows(/VMS 3/);
  });
});
