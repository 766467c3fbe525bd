import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { LinkError } from "../../../agent/libvirt/errors.ts";
import { procedures } from "../../../agent/libvirt/protocol/procedures.ts";
import { Session } from "../../../agent/libvirt/session.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { FakeLibvirtd } from "./support/fake-libvirtd.ts";

const hostname = procedures.connectGetHostname;

describe("Session", () => {
  let server: FakeLibvirtd;
  let session: Session;
  beforeEach(async () => {
    server = await FakeLibvirtd.start((call, peer) => peer.reply(call, (out) => out.string("hv1", 10)));
    const address = { transport: "unix", path: server.path } as const;
    session = new Session({ address, serverUri: "qemu:///system", clock: systemClock });
  });
  afterEach(async () => {
    await session.close();
    await server.stop();
  });

  it("opens one connection for all who call at once, and keeps it", async () => {
    await Promise.all([session.call(hostname, null), session.call(hostname, null)]);
    await session.call(hostname, null);
    assert.equal(server.peers.length, 1);
  });

  it("fails while nobody is there, and opens anew once somebody is", async () => {
    assert.equal(await session.call(hostname, null), "hv1");
    await server.die();
    await assert.rejects(session.call(hostname, null), LinkError);
    await assert.rejects(session.call(hostname, null), LinkError);
    await server.listen();
    assert.equal(await session.call(hostname, null), "hv1");
    assert.equal(server.peers.length, 2);
  });

  it("never repeats a call that was cut off", async () => {
    await session.call(hostname, null);
    server.script = (_call, peer) => peer.socket.destroy();
    await assert.rejects(session.call(hostname, null), LinkError);
    const calls = server.peers.flatMap((peer) => peer.calls).filter((c) => c.procedure === hostname.number);
    assert.equal(calls.length, 2);
  });

  it("lets a caller go that will not wait for the opening", async () => {
    server.answersGreeting = false;
    const gone = new AbortController();
    const left = session.call(hostname, null, { signal: gone.signal });
    gone.abort(new Error("gone"));
    await assert.rejects(left, /gone/);
  });

  it("does nothing any more once it is closed", async () => {
    await session.close();
    await assert.rejects(session.call(hostname, null), /closed by its user/);
    assert.equal(server.peers.length, 0);
  });
});
