/** A question and its answer, over real sockets. */
import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";
import { describe, it, type TestContext } from "node:test";
import { openAnswerer } from "../../../../reconciler/runtime/direct/answerer.ts";
import { directAsker } from "../../../../reconciler/runtime/direct/ask.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";

const ask = directAsker({ clock: systemClock, random: randomBytes });
const never = new AbortController().signal;
const common = { port: 0, address: null, bootId: "b1", key: "k1" };

async function answerer(test: TestContext, host: string | null) {
  const opened = await openAnswerer({ ...common, host });
  test.after(() => opened.close());
  return opened.place;
}

describe("a direct question", { timeout: 30_000 }, () => {
  it("is answered on the address that was bound, and on any where none was", async (test) => {
    assert.equal(await ask({ ...(await answerer(test, "127.0.0.1")), address: "127.0.0.1" }, never), "b1");
    assert.equal(await ask({ ...(await answerer(test, null)), address: "127.0.0.1" }, never), "b1");
    assert.equal(await ask({ ...(await answerer(test, null)), address: "localhost" }, never), "b1");
  });

  it("is not answered to somebody without the key", async (test) => {
    const place = await answerer(test, "127.0.0.1");
    assert.equal(await ask({ ...place, address: "127.0.0.1", key: "another" }, never), null);
  });

  it("has no answer where nobody is, and where no address is known", async (test) => {
    const place = await answerer(test, "127.0.0.1");
    assert.equal(await ask(place, never), null);
    assert.equal(await ask({ ...place, address: "no-such-host.invalid" }, never), null);
    const free = createSocket("udp4");
    await new Promise<void>((resolve) => free.bind(0, "127.0.0.1", resolve));
    const { port } = free.address();
    await new Promise<void>((resolve) => free.close(resolve));
    assert.equal(await ask({ ...place, address: "127.0.0.1", port }, never), null);
  });

  it("is given up when its asker is", async (test) => {
    const place = await answerer(test, "127.0.0.1");
    assert.equal(await ask({ ...place, address: "127.0.0.1" }, AbortSignal.abort()), null);
  });

  it("is refused where the port is another's", async (test) => {
    const { port } = await answerer(test, "127.0.0.1");
    await assert.rejects(openAnswerer({ ...common, host: "127.0.0.1", port }), { code: "EADDRINUSE" });
  });
});
