import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Bench } from "../bench.ts";
import { writeSmallCluster } from "../documents.ts";
import { assertTranscript } from "../golden.ts";

async function smallCluster(): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  await bench.keel("apply -y");
  return bench;
}

describe("keel events", () => {
  it("tells what happened, oldest first, of all or of one object", async () => {
    await using bench = await smallCluster();
    assertTranscript(
      "events",
      await bench.keel("events"),
      await bench.keel("events --object vm/db1 -o wide"),
      await bench.keel("events --object vm/db1 -o name"),
    );
  });

  it("gives programs items with a time, an object and a code", async () => {
    await using bench = await smallCluster();
    const { items } = (await bench.data("events --object vm/db1")) as {
      items: readonly Record<"kind" | "object" | "code" | "at", string>[];
    };
    assert.deepEqual(
      items.map(({ kind, object, code }) => [kind, object, code]),
      [
        ["Event", "VM/db1", "start"],
        ["Event", "VM/db1", "start-done"],
      ],
    );
    assert.match(items[0]?.at ?? "", /Z$/);
    assert.equal("v" in (items[0] ?? {}), false);
  });

  it("goes on with --watch, and tells each event once", async () => {
    await using bench = await smallCluster();
    const crash = async () => {
      bench.cluster.machine("hv1").crash("web1");
      await bench.clock.advance(30_000);
    };
    const { out, exit } = await bench.keel("events --watch --object vm/web1", {
      when: [/is done/, crash],
      interruptAt: /is done[^]*is done/,
    });
    assert.equal(exit, 130);
    const lines = out.trimEnd().split("\n");
    assert.equal(new Set(lines).size, lines.length);
    assert.match(out, /the guest ended without being asked to; restart 1 of 5/);
  });
});
