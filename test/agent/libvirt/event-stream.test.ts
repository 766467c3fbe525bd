import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { openEventStream, type StreamEvent } from "../../../agent/libvirt/event-stream.ts";
import { procedures } from "../../../agent/libvirt/protocol/procedures.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { FakeLibvirtd } from "./support/fake-libvirtd.ts";

describe("openEventStream", () => {
  const clock = new FakeClock();
  let server: FakeLibvirtd;
  let close: () => void = () => undefined;
  let told: string[];
  beforeEach(async () => {
    server = await FakeLibvirtd.start((call, peer) => peer.reply(call, (out) => out.int(1)));
    told = [];
  });
  afterEach(async () => {
    close();
    await server.stop();
  });

  const until = async (holds: () => boolean) => {
    while (!holds()) await turn();
  };
  const open = () => {
    const address = { transport: "unix", path: server.path } as const;
    const kinds = ["lifecycle", "job-completed"] as const;
    const options = { address, serverUri: "qemu:///system", clock, keepalive: null, kinds, retryMs: 100 };
    close = openEventStream(options, (event: StreamEvent) => told.push(event.kind));
  };
  const registered = () =>
    server.peer.calls
      .filter(({ procedure }) => procedure === procedures.domainEventRegister.number)
      .map(({ payload }) => payload.readInt32BE(0));

  it("registers each kind for all domains, then says that it is connected", async () => {
    open();
    await until(() => told.length > 0);
    assert.deepEqual([told, registered()], [["connected"], [0, 21]]);
  });

  it("says when it is cut off, and connects again until it is closed", async () => {
    open();
    await until(() => told.length === 1);
    await server.die();
    await until(() => told.length === 2);
    await clock.advance(100);
    await until(() => told.length === 3);
    await server.listen();
    await clock.advance(100);
    await until(() => told.length === 4);
    assert.deepEqual(told, ["connected", "disconnected", "disconnected", "connected"]);
    close();
    await until(() => server.peer.socket.destroyed);
    await clock.advance(10_000);
    assert.deepEqual([told.length, clock.pending], [4, 0]);
  });
});
