import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { busyCluster } from "./busy-cluster.ts";
import { clusterReport, now, sourceReport, vmReport } from "./fixture.ts";
import { noFlags, settled, Stage } from "./stage.ts";

describe("moving about", () => {
  it("follows the habits of hand: j k, arrows, g G, pages", () => {
    const stage = new Stage({ report: busyCluster }).press("3");
    assert.equal(stage.object, "VM/batch1");
    assert.equal(stage.press("j", "down").object, "VM/db1");
    assert.equal(stage.press("k").object, "VM/cache1");
    assert.equal(stage.press("G").object, "VM/web4");
    assert.equal(stage.press("g").object, "VM/batch1");
    assert.equal(stage.press("pagedown").object, "VM/web4");
    assert.equal(stage.press("ctrl-b").object, "VM/batch1");
  });

  it("goes from nodes to VMs on the overview", () => {
    const stage = new Stage({ report: busyCluster });
    assert.equal(stage.object, "Node/hv1");
    assert.equal(stage.press("tab").object, "VM/batch1");
    assert.equal(stage.press("k").object, "Node/hv4");
  });

  it("leads from a node to its VMs, and back", () => {
    const stage = new Stage({ report: busyCluster }).press("enter");
    assert.equal(stage.place.screen, "vms");
    assert.match(stage.frame(), /VMS 7 of 12 {2}\/node=hv1/);
    stage.press("esc", "esc");
    assert.equal(stage.place.screen, "overview");
  });

  it("takes hv1 for hv1 and not for hv10", () => {
    const vms = [vmReport("a", { node: "hv1" }), vmReport("b", { node: "hv10", home: "hv10" })];
    assert.match(new Stage({ report: clusterReport({ vms }) }).press("enter").frame(), /VMS 1 of 2/);
  });

  it("opens what is under the cursor in every list", async () => {
    const stage = new Stage({ report: busyCluster }).press("5", "G", "d");
    await settled();
    assert.deepEqual(stage.calls, ["describe VM/gpu1"]);
    stage.press("esc", "6", "w");
    await settled();
    assert.deepEqual(stage.calls, ["describe VM/gpu1", "why VM/db1"]);
  });

  it("does nothing for keys that mean nothing here", () => {
    const stage = new Stage({ report: busyCluster });
    const before = stage.frame();
    assert.equal(stage.press("X", "ctrl-x", "left", "esc").frame(), before);
  });
});

describe("filtering", () => {
  it("narrows the list with every letter, and gives it back on Esc", () => {
    const stage = new Stage({ report: busyCluster }).press("3", "/").type("web");
    assert.match(stage.frame(), /VMS 4 of 12 {2}\/web/);
    assert.match(stage.press("backspace", "backspace").frame(), /VMS 5 of 12 {2}\/w/);
    assert.match(stage.press("esc").frame(), /VMS 12 /);
  });

  it("stays on Enter, is edited by the next slash, and dropped by Esc", () => {
    const stage = new Stage({ report: busyCluster }).press("3", "/").type("web").press("enter");
    assert.match(stage.frame(), /\/web/);
    assert.match(stage.press("/").type("1").press("enter").frame(), /VMS 1 of 12 {2}\/web1/);
    assert.match(stage.press("esc").frame(), /VMS 12 /);
  });

  it("finds by state, tag, undefined network and reason", () => {
    const of = (text: string) => {
      const frame = new Stage({ report: busyCluster }).press("3", "/").type(text).frame();
      return /VMS (\d+) of/.exec(frame)?.[1];
    };
    assert.deepEqual(["state=held", "tag=shop", "network=dmz", "crash-loop", "stale", "^web[13]"].map(of), [
      "1",
      "2",
      "1",
      "1",
      "1",
      "2",
    ]);
  });
});

describe("commands", () => {
  it("open screens, objects and orders", () => {
    const stage = new Stage({ report: busyCluster }).type(":vm web").press("enter");
    assert.deepEqual([stage.place.screen, stage.place.filter], ["vms", "web"]);
    stage.type(":describe node/hv2").press("enter");
    assert.equal(stage.object, "Node/hv2");
    assert.match(stage.type(":sort state").press("enter", "1").frame(), /VMS 12 by state/);
  });

  it("are completed by Tab", () => {
    const stage = new Stage({ report: busyCluster }).type(":why que").press("tab", "enter");
    assert.equal(stage.object, "VM/queue1");
  });

  it("are edited like a shell's line, and left by Esc or by deleting all", () => {
    const prompt = (stage: Stage) => stage.session.snapshot().state.prompt;
    const stage = new Stage({ report: busyCluster }).type(":why web1");
    assert.deepEqual(prompt(stage.press("ctrl-w")), { kind: "command", text: "why " });
    assert.deepEqual(prompt(stage.press("ctrl-u")), { kind: "command", text: "" });
    assert.equal(prompt(stage.press("backspace")), null);
    assert.equal(prompt(stage.type(":v").press("esc")), null);
    assert.equal(prompt(stage.press(":", "enter")), null);
  });

  it("say what is wrong with them", () => {
    assert.match(
      new Stage({ report: busyCluster }).type(":fly").press("enter").frame(),
      /there is no command :fly/,
    );
  });

  it("leave", () => {
    assert.deepEqual(new Stage({ report: busyCluster }).type(":q").press("enter").asked, ["quit"]);
    assert.deepEqual(new Stage({ report: busyCluster }).press("q").asked, ["quit"]);
  });
});

describe("what was said", () => {
  it("goes with the next key, and Esc does no more than that", () => {
    const stage = new Stage({ report: busyCluster }).press("3", "a");
    assert.match(stage.frame(), /This view is read-only/);
    assert.doesNotMatch(stage.press("j").frame(), /This view is read-only/);
    assert.equal(stage.object, "VM/cache1");
    stage.press("a", "esc");
    assert.doesNotMatch(stage.frame(), /This view is read-only/);
    assert.equal(stage.place.screen, "vms");
  });
});

describe("applying", () => {
  const writable = () => new Stage({ report: busyCluster, readOnly: false });

  it("is refused while the view is read-only, and says how to change that", () => {
    const stage = new Stage({ report: busyCluster }).press("a");
    assert.match(stage.frame(), /This view is read-only. `:rw` allows edits./);
    assert.deepEqual(stage.type(":rw").press("enter", "a", "y").calls, ["apply d1"]);
    assert.match(stage.type(":ro").press("enter").frame(), /read-only/);
  });

  it("shows the plan and does nothing without a y", async () => {
    for (const key of ["n", "enter", "esc", "Y", "q", " "]) {
      const stage = writable().press("a");
      assert.equal(stage.place.screen, "plan");
      assert.match(stage.press(key).frame(), /Nothing was applied\./);
      await settled();
      assert.deepEqual([...stage.calls, ...stage.asked], [], key);
    }
  });

  it("takes no y that came together with the a: it may have been pasted", async () => {
    const stage = writable();
    stage.session.input("ay", noFlags);
    await settled();
    assert.deepEqual(stage.calls, []);
  });

  it("takes a yes only for the edits that were shown", async () => {
    const stage = writable().press("a");
    stage.feed.tell({
      ...busyCluster,
      source: sourceReport(busyCluster.source?.pending ?? null, { digest: "d2" }),
    });
    await stage.clock.advance(200);
    assert.match(stage.press("y").frame(), /The files changed while you looked/);
    assert.deepEqual(stage.calls, []);
  });

  it("says why there is nothing to apply", () => {
    const notice = (report = clusterReport()) => new Stage({ report, readOnly: false }).press("a").frame();
    assert.match(notice(), /There is nothing to apply/);
    assert.match(notice(clusterReport({ source: null })), /No folder is watched/);
    assert.match(
      notice(clusterReport({ source: sourceReport(null, { status: "suspect" }) })),
      /cluster\.d is suspect/,
    );
  });

  it("waits for the apply that is under way", async () => {
    const stage = new Stage({
      report: busyCluster,
      readOnly: false,
      actions: { apply: () => new Promise(() => undefined) },
    });
    stage.press("a", "y");
    await settled();
    assert.match(stage.press("a").frame(), /`apply` is under way/);
  });
});

describe("approving a destruction", () => {
  const onTheRow = () => new Stage({ report: busyCluster, readOnly: false }).press("5", "G", "k");

  it("is offered only where one waits", () => {
    assert.match(onTheRow().frame(), /A approve/);
    assert.doesNotMatch(onTheRow().press("G").frame(), /A approve/);
    assert.match(onTheRow().press("G", "A").frame(), /No destruction of gpu1 waits for an approval/);
  });

  it("needs the name typed", async () => {
    const stage = onTheRow().press("A").type("old-wiki").press("enter");
    await settled();
    assert.deepEqual(stage.calls, ["approve old-wiki"]);
    assert.match(stage.frame(), /approved: old-wiki/);
  });

  it("destroys disks only where they are named too", async () => {
    const stage = onTheRow().press("A").type("old-wiki root data").press("enter");
    await settled();
    assert.deepEqual(stage.calls, ["approve old-wiki root data"]);
  });

  it("is cancelled by Enter alone, by Esc, and by any other name", async () => {
    for (const keys of [["enter"], ["esc"], ["o", "l", "d", "enter"], ["tab", "enter"]]) {
      const stage = onTheRow().press("A", ...keys);
      await settled();
      assert.deepEqual(stage.calls, [], keys.join(" "));
      assert.match(stage.frame(), /nothing was approved|Nothing was approved/);
    }
  });

  it("cannot be pasted", async () => {
    const stage = onTheRow().press("A");
    stage.session.paste("old-wiki\r");
    stage.session.input("old-wiki\r", noFlags);
    await settled();
    assert.deepEqual(stage.calls, []);
  });

  it("is refused while the view is read-only", () => {
    const stage = new Stage({ report: busyCluster }).press("5", "G", "k", "A");
    assert.match(stage.frame(), /read-only/);
    assert.match(stage.press("esc").type(":approve old-wiki").press("enter").frame(), /`:rw` allows edits/);
  });
});

describe("asking for what changes something", () => {
  const writable = () => new Stage({ report: busyCluster, readOnly: false });

  it("is refused while the view is read-only", () => {
    const stage = new Stage({ report: busyCluster }).type(":flush hv1").press("enter");
    assert.match(stage.frame(), /This view is read-only/);
    assert.ok(!stage.press("y").calls.some((call) => call.startsWith("run")));
  });

  it("shows the command and does nothing without a y", () => {
    const stage = writable().type(":flush hv1").press("enter");
    assert.match(stage.frame(), /Run `keel node flush hv1`\?.*\[y\/N\]/s);
    assert.match(stage.press("x").frame(), /Nothing was done/);
    assert.deepEqual(stage.calls, []);
    assert.deepEqual(stage.type(":flush hv1").press("enter", "y").calls, [
      "run node flush hv1 --yes --no-wait",
    ]);
  });

  it("shows what is told, line by line, under the command", async () => {
    const stage = writable().type(":migrate web1 hv2").press("enter", "y");
    await settled();
    await stage.clock.advance(200);
    assert.match(stage.frame(), /KEEL VM MIGRATE WEB1 --TO HV2.*all done/s);
  });

  it("needs the name typed where it cuts a guest's power, and where files are rolled back", () => {
    const stage = writable().type(":poweroff web1").press("enter");
    assert.match(stage.frame(), /type web1/);
    assert.match(stage.type("web").press("enter").frame(), /That is not web1/);
    stage.type(":poweroff vm/web1").press("enter").type("web1").press("enter");
    assert.deepEqual(stage.calls, ["run vm poweroff web1 --yes --no-wait"]);
    assert.match(writable().type(":rollback 3").press("enter").frame(), /type 3/);
  });

  it("waits for what is under way", () => {
    const never = () => ({
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<never>(() => undefined) }),
    });
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { run: never } });
    stage.type(":ready hv1").press("enter", "y").type(":ready hv2").press("enter");
    assert.match(stage.frame(), /`keel node ready hv1` is under way/);
  });

  it("tells elsewhere that it has ended, in the place of that it is to be waited for, and shows what it said", async () => {
    const gate = Promise.withResolvers<undefined>();
    const run = async function* () {
      yield "hv1 takes VMs again";
      await gate.promise;
    };
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { run } });
    stage.type(":ready hv1").press("enter", "y");
    await settled();
    stage.press("escape").type(":ready hv2").press("enter");
    assert.match(
      stage.frame(),
      /`keel node ready hv1` is under way \(:last shows it\); wait until it has ended/,
    );
    gate.resolve(undefined);
    await settled();
    assert.match(stage.frame(), /`keel node ready hv1` has ended well; :last shows what it said\./);
    assert.doesNotMatch(stage.frame(), /under way \(/);
    stage.type(":last").press("enter");
    assert.match(stage.frame(), /KEEL NODE READY HV1 .* done[^]*hv1 takes VMs again/);
  });

  it("tells elsewhere that it has failed, and where it says why", async () => {
    const gate = Promise.withResolvers<never>();
    const run = async function* () {
      yield "Readying hv1";
      await gate.promise;
    };
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { run } });
    stage.type(":ready hv1").press("enter", "y");
    await settled();
    stage.press("escape");
    gate.reject(new Error("the file was changed meanwhile"));
    await settled();
    assert.match(stage.frame(), /`keel node ready hv1` has failed; :last shows what it said\./);
    assert.match(stage.type(":last").press("enter").frame(), /the file was changed meanwhile/);
  });

  it("says what a command lacks", () => {
    assert.match(
      writable().press("tab").type(":flush").press("enter").frame(),
      /:flush takes \[NODE\], or what is/,
    );
    assert.match(writable().type(":maintenance on 1h").press("enter").frame(), /:maintenance takes/);
  });
});

describe("marks", () => {
  const marked = () => new Stage({ report: busyCluster, readOnly: false }).press("3", " ", "j", " ");

  it("stand beside the rows, and the cursor goes on", () => {
    const stage = marked();
    assert.match(stage.frame(), /^ ◆batch1 /m);
    assert.match(stage.frame(), /^ ◆db1 /m);
    assert.match(stage.frame(), /2 marked: batch1 db1/);
    assert.equal(stage.object, "VM/gpu1");
  });

  it("are what a command without a name is about; one under the cursor where there are none", () => {
    const stage = marked().type(":shutdown").press("enter");
    assert.match(stage.frame(), /Run `keel vm shutdown batch1 db1`\?/);
    stage.press("x").type(":unmigrate web2").press("enter");
    assert.match(stage.frame(), /Run `keel vm unmigrate web2`\?/);
    assert.equal(stage.press("y").session.snapshot().state.marks.size, 0);
    const single = new Stage({ report: busyCluster, readOnly: false })
      .press("3")
      .type(":restart")
      .press("enter");
    assert.match(single.frame(), /Run `keel vm restart batch1`\?/);
  });

  it("have every name typed where it cuts their power", () => {
    const stage = marked().type(":poweroff").press("enter");
    assert.match(stage.frame(), /type batch1 db1 to do it/);
    assert.match(stage.type("batch1").press("enter").frame(), /nothing was done/);
  });

  it("go one by one, or all at once by Esc, before the filter does", () => {
    const stage = marked().press("k", " ");
    assert.match(stage.frame(), /1 marked: batch1/);
    stage.press("esc");
    assert.doesNotMatch(stage.frame(), /marked|◆/);
    assert.equal(stage.place.screen, "vms");
  });
});

describe("editing", () => {
  it("hands the terminal to the editor, and leads to the plan of what was changed", async () => {
    const stage = new Stage({ report: busyCluster, readOnly: false }).press("3", "e");
    assert.deepEqual(stage.asked, ["edit"]);
    await stage.session.edit("VM/batch1");
    assert.deepEqual(stage.calls, ["edit VM/batch1"]);
    assert.equal(stage.place.screen, "plan");
    assert.match(stage.frame(), /Changed VM\/batch1\./);
  });

  it("is refused while the view is read-only, and says what went wrong", async () => {
    const reader = new Stage({ report: busyCluster }).press("3", "e");
    assert.match(reader.frame(), /`:rw` allows edits/);
    assert.deepEqual(reader.asked, []);
    const edit = () => Promise.reject(new Error("it is still not right; nothing was changed"));
    const stage = new Stage({ report: busyCluster, readOnly: false, actions: { edit } });
    await stage.session.edit("VM/web1");
    assert.match(stage.frame(), /still not right/);
    assert.equal(stage.place.screen, "overview");
  });
});

describe("the requests", () => {
  it("are what waits for an approval, given from there, and what was asked for and not used yet", async () => {
    const restart = {
      name: "restart-web1",
      request: "restart",
      object: "VM/web1",
      by: "ann",
      at: now - 60_000,
      expiresAt: now + 3_540_000,
      allows: "restart the guest",
    } as const;
    const report = { ...busyCluster, requests: [restart] };
    const stage = new Stage({ report, readOnly: false }).press("7");
    assert.match(stage.frame(), /WAITS FOR AN APPROVAL.*! VM\/old-wiki /s);
    assert.match(stage.frame(), /· VM\/web1 +restart the guest {2}ann, 1m ago; 59m left/);
    stage.press("A").type("old-wiki").press("enter");
    await settled();
    assert.deepEqual(stage.calls, ["approve old-wiki"]);
    assert.match(new Stage({ report: clusterReport() }).press("7").frame(), /Nothing waits for an approval/);
  });
});

describe("asking for what changes nothing", () => {
  it("shows a command's answer on a screen of its own, and goes back by Esc", async () => {
    const stage = new Stage({ report: busyCluster }).type(":diff 3 4").press("enter");
    await settled();
    await stage.clock.advance(200);
    assert.match(stage.frame(), /DIFF 3 4.*all of 3/s);
    assert.deepEqual(stage.calls, ["diff 3 4"]);
    assert.equal(stage.press("esc").place.screen, "overview");
  });

  it("says how maintenance stands where nothing more is said", () => {
    assert.deepEqual(new Stage({ report: busyCluster }).type(":maintenance").press("enter").calls, [
      "maintenance status",
    ]);
  });

  it("shows a VM as YAML", () => {
    const stage = new Stage({ report: busyCluster }).press("3", "y");
    assert.match(stage.calls[0] ?? "", /^get VM\/\S+ -o yaml$/);
  });
});
