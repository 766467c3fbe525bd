import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, it, type TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { connectStore, type EtcdStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { StoreError } from "../../../../reconciler/store/store.ts";
import { temporaryDirectory } from "./store-files.ts";

const program = fileURLToPath(new URL("../../../support/etcd-embedded-process.js", import.meta.url));
const writers = 8;

/** A server process that takes requests. */
async function startProcess(test: TestContext, base: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [program, join(base, "store"), join(base, "socket")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  test.after(() => child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "ready") return child;
  }
  return assert.fail("the server did not start");
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Counts a key up until the store is gone; returns the last count that was acknowledged, and the last that was tried. */
async function countUp(
  store: EtcdStore,
  key: string,
  from: number,
  onAcknowledged: () => void,
): Promise<{ acknowledged: number; tried: number }> {
  for (let count = from; ; count += 1) {
    try {
      await store.transact({ compare: [], then: [{ put: key, value: String(count) }] });
      onAcknowledged();
    } catch (error) {
      assert.ok(error instanceof StoreError);
      return { acknowledged: count - 1, tried: count };
    }
  }
}

describe("the embedded server, killed at any moment", { timeout: 60_000 }, () => {
  it("starts again on what it left, and knows all that it acknowledged", async (test) => {
    const base = await temporaryDirectory(test);
    let counts: readonly number[] = Array.from({ length: writers }, () => 0);
    for (let round = 0; round < 5; round += 1) {
      const child = await startProcess(test, base);
      const store = connectStore({ endpoints: [`unix:${join(base, "socket")}`], clock: systemClock });
      const before = await Promise.all(
        counts.map(async (_, n) => Number((await store.get(`/${n}`))?.value ?? 0)),
      );
      let untilKill = 20 + round * 37;
      const enough = Promise.withResolvers<null>();
      const onAcknowledged = (): void => {
        untilKill -= 1;
        if (untilKill === 0) enough.resolve(null);
      };
      const writing = Promise.all(
        before.map((count, n) => countUp(store, `/${n}`, count + 1, onAcknowledged)),
      );
      await enough.promise;
      await kill(child);
      const written = await writing;
      await store.close();

      const again = await startProcess(test, base);
      const reader = connectStore({ endpoints: [`unix:${join(base, "socket")}`], clock: systemClock });
      counts = await Promise.all(
        written.map(async (_, n) => Number((await reader.get(`/${n}`))?.value ?? 0)),
      );
      for (const [n, { acknowledged, tried }] of written.entries()) {
        assert.ok([acknowledged, tried].includes(counts[n] ?? -1), `/${n}: ${acknowledged} was acknowledged`);
      }
      await reader.close();
      await kill(again);
    }
  });
});
