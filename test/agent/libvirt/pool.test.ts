import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { LinkError } from "../../../agent/libvirt/errors.ts";
import { procedures } from "../../../agent/libvirt/protocol/procedures.ts";
import { Pool } from "../../../agent/libvirt/pool.ts";
import type { Frame } from "../../../agent/libvirt/protocol/frame.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { FakeLibvirtd, type FakePeer } from "./support/fake-libvirtd.ts";

const hostname = procedures.connectGetHostname;
const suspend = procedures.domainSuspend;
const domain = { name: "web", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 1 };

describe("Pool", () => {
  let server: FakeLibvirtd;
  let pool: Pool;
  beforeEach(async () => {
    server = await FakeLibvirtd.start((call, peer) => peer.reply(call, (out) => out.string("hv1", 10)));
    const address = { transport: "unix", path: server.path } as const;
    const growth = { growAfterMs: 5, maxConnections: 3 };
    pool = new Pool({ address, serverUri: "qemu:///system", clock: systemClock, ...growth });
  });
  afterEach(async () => {
    await pool.close();
    await server.stop();
  });

  it("opens one connection for all who call at once, and keeps it", async () => {
    await Promise.all([pool.call(hostname, null), pool.call(hostname, null)]);
    await pool.call(hostname, null);
    assert.equal(server.peers.length, 1);
  });

  it("fails while nobody is there, and opens anew once somebody is", async () => {
    assert.equal(await pool.call(hostname, null), "hv1");
    await server.die();
    await assert.rejects(pool.call(hostname, null), LinkError);
    await assert.rejects(pool.call(hostname, null), LinkError);
    await server.listen();
    assert.equal(await pool.call(hostname, null), "hv1");
    assert.equal(server.peers.length, 2);
  });

  it("never repeats a call that was cut off", async () => {
    await pool.call(hostname, null);
    server.script = (_call, peer) => peer.socket.destroy();
    await assert.rejects(pool.call(hostname, null), LinkError);
    const calls = server.peers.flatMap((peer) => peer.calls).filter((c) => c.procedure === hostname.number);
    assert.equal(calls.length, 2);
  });

  it("lets a caller go that will not wait for the opening", async () => {
    server.answersGreeting = false;
    const gone = new AbortController();
    const left = pool.call(hostname, null, { signal: gone.signal });
    gone.abort(new Error("gone"));
    await assert.rejects(left, /gone/);
  });

  /** Of suspensions nobody ever hears; returns them as they come. */
  const hang = () => {
    const held: (readonly [Frame, FakePeer])[] = [];
    server.script = (call, peer) => {
      if (call.procedure === suspend.number) held.push([call, peer]);
      else peer.reply(call, (out) => out.string("hv1", 10));
    };
    return held;
  };
  /** Resolves once the server has all of them. */
  const hung = async (count: number, options = {}) => {
    const held = hang();
    const ends = Promise.allSettled(Array.from({ length: count }, () => pool.call(suspend, domain, options)));
    while (held.length < count) await new Promise((resolve) => setImmediate(resolve));
    return { held, ends };
  };

  it("opens another connection where all places are taken by calls that nobody answers", async () => {
    const { ends } = await hung(9);
    assert.equal(await pool.call(hostname, null), "hv1");
    assert.equal(server.peers.length, 3);
    await pool.close();
    assert.deepEqual(new Set((await ends).map(({ status }) => status)), new Set(["rejected"]));
  });

  it("counts those that were given up, until they are answered; then closes what is too much", async () => {
    const gone = new AbortController();
    const { held, ends } = await hung(4, { signal: gone.signal });
    gone.abort(new Error("gone"));
    await ends;
    assert.equal(await pool.call(hostname, null), "hv1");
    assert.equal(server.peers.length, 2);
    for (const [call, peer] of held) peer.reply(call);
    while (server.peers.every(({ socket }) => !socket.destroyed)) await pool.call(hostname, null);
    assert.equal(await pool.call(hostname, null), "hv1");
    assert.equal(server.peers.length, 2);
  });

  it("opens no more than it may; whoever finds no place then hears so in time, or goes", async () => {
    const { ends } = await hung(12);
    await assert.rejects(pool.call(hostname, null, { timeoutMs: 50 }), (error) => {
      return error instanceof LinkError && error.code === "timeout" && /found no place/.test(error.message);
    });
    const gone = new AbortController();
    const left = pool.call(hostname, null, { signal: gone.signal });
    gone.abort(new Error("gone"));
    await assert.rejects(left, /gone/);
    assert.equal(server.peers.length, 3);
    await pool.close();
    await ends;
  });

  it("has another connection for those that wait where one ends", async () => {
    const { ends } = await hung(12);
    const waiting = pool.call(hostname, null);
    server.peer.socket.destroy();
    assert.equal(await waiting, "hv1");
    await pool.close();
    await ends;
  });

  it("does nothing any more once it is closed", async () => {
    await pool.close();
    await assert.rejects(pool.call(hostname, null), /closed by their user/);
    assert.equal(server.peers.length, 0);
  });
});
