import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { LibvirtClient } from "../../../agent/libvirt/client.ts";
import { LinkError } from "../../../agent/libvirt/errors.ts";
import type { Frame } from "../../../agent/libvirt/protocol/frame.ts";
import { procedures } from "../../../agent/libvirt/protocol/procedures.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { FakeLibvirtd, type FakePeer } from "./support/fake-libvirtd.ts";

const { connectGetHostname, domainMigrate, domainResume, domainGetJobStats } = procedures;
const domain = { name: "web", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 1 };
const migration = { domain, destination: "qemu+tcp://hv2/system", params: [], flags: 35 };

describe("LibvirtClient", () => {
  let server: FakeLibvirtd;
  let client: LibvirtClient;
  let held: (readonly [Frame, FakePeer])[];
  beforeEach(async () => {
    held = [];
    server = await FakeLibvirtd.start((call, peer) => {
      if (call.procedure === connectGetHostname.number) peer.reply(call, (out) => out.string("hv1", 10));
      else held.push([call, peer]);
    });
    client = new LibvirtClient({ uri: server.uri, clock: systemClock, maxLongCalls: 6 });
  });
  afterEach(async () => {
    await client.close();
    await server.stop();
  });

  const heldUntil = async (count: number) => {
    while (held.length < count) await client.call(connectGetHostname, null);
  };

  it("lets no quick call wait for migrations, acts or queries, however many there are", async () => {
    const slow = Promise.allSettled([
      ...Array.from({ length: 5 }, () => client.call(domainMigrate, migration)),
      ...Array.from({ length: 9 }, () => client.call(domainResume, domain)),
      ...Array.from({ length: 9 }, () => client.call(domainGetJobStats, { domain, flags: 0 })),
    ]);
    // Each migration over a connection of its own; the others over as many as it takes.
    await heldUntil(5 + 9 + 9);
    const migrating = held.filter(([call]) => call.procedure === domainMigrate.number);
    assert.equal(new Set(migrating.map(([, peer]) => peer)).size, 5);
    assert.equal(await client.call(connectGetHostname, null), "hv1");
    await client.close();
    for (const { status } of await slow) assert.equal(status, "rejected");
  });

  it("ends the connection of a long call with the call", async () => {
    const calling = client.call(domainMigrate, migration);
    await heldUntil(1);
    const [call, peer] = held[0] ?? assert.fail();
    peer.reply(call, (out) => out.opaque(Buffer.alloc(0), 0));
    await calling;
    await new Promise((resolve) => {
      if (peer.socket.destroyed) resolve(null);
      else peer.socket.once("close", resolve);
    });
  });

  it("refuses more long calls than it may have", async () => {
    const calls = Promise.allSettled(Array.from({ length: 6 }, () => client.call(domainMigrate, migration)));
    await heldUntil(6);
    await assert.rejects(client.call(domainMigrate, migration), (error) => {
      return error instanceof LinkError && error.code === "overloaded";
    });
    await client.close();
    await calls;
  });

  it("refuses a URI that is none", () => {
    assert.throws(() => new LibvirtClient({ uri: "hv1", clock: systemClock }), RangeError);
  });
});
