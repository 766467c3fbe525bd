import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { Connection, type ConnectionOptions } from "../../../../agent/libvirt/connection/connection.ts";
import { LibvirtError, LinkError } from "../../../../agent/libvirt/errors.ts";
import type { DomainEvent } from "../../../../agent/libvirt/protocol/events.ts";
import { encodeFrame, programs } from "../../../../agent/libvirt/protocol/frame.ts";
import { procedures } from "../../../../agent/libvirt/protocol/procedures.ts";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { FakeLibvirtd } from "../support/fake-libvirtd.ts";

const { connectGetHostname: hostname, domainGetInfo } = procedures;
const domain = { name: "web", uuid: "0f0e0d0c-0b0a-0908-0706-050403020100", id: 1 };
const linkError = (code: string) => (error: unknown) => error instanceof LinkError && error.code === code;

describe("Connection", () => {
  let server: FakeLibvirtd;
  let connection: Connection | null;
  beforeEach(async () => {
    server = await FakeLibvirtd.start((call, peer) => peer.reply(call, (out) => out.string("hv1", 10)));
    connection = null;
  });
  afterEach(async () => {
    connection?.drop();
    await server.stop();
  });

  const open = async (
    options: Partial<ConnectionOptions> = {},
    onEvent?: (event: DomainEvent) => void,
  ): Promise<Connection> => {
    const address = { transport: "unix", path: server.path } as const;
    const all = { address, serverUri: "qemu:///system", clock: systemClock, ...options };
    connection = await Connection.open(all, onEvent);
    return connection;
  };
  const closed = (ending: Connection) =>
    new Promise<unknown>((resolve) => {
      if (ending.closed.aborted) resolve(ending.closed.reason);
      else ending.closed.addEventListener("abort", () => resolve(ending.closed.reason));
    });
  const until = async (holds: () => boolean) => {
    while (!holds()) await turn();
  };
  const sent = (procedure: number) => server.peer.calls.filter((call) => call.procedure === procedure);

  it("greets, calls, and gives each answer to its call", async () => {
    const waiting: Parameters<FakeLibvirtd["script"]>[0][] = [];
    server.script = (call, peer) => {
      waiting.push(call);
      if (waiting.length < 3) return;
      for (const late of waiting.reverse()) peer.reply(late, (out) => out.string(`for ${late.serial}`, 20));
    };
    const { call } = await open().then((it) => ({ call: () => it.call(hostname, null) }));
    const answers = await Promise.all([call(), call(), call()]);
    const first = Number(answers[0].slice(4));
    assert.deepEqual(
      answers,
      [first, first + 1, first + 2].map((serial) => `for ${serial}`),
    );
  });

  it("throws what libvirt says, with its code and domain", async () => {
    server.script = (call, peer) => peer.refuse(call, 42, "Domain not found");
    const it = await open();
    await assert.rejects(it.call(domainGetInfo, domain), (error) => {
      assert.ok(error instanceof LibvirtError);
      const { code, domain: part, level, message, procedure } = error;
      assert.deepEqual([code, part, level, message], [42, 10, 2, "Domain not found"]);
      assert.equal(procedure, "domainGetInfo");
      return true;
    });
    server.script = (call, peer) => peer.reply(call, (out) => out.string("hv1", 10));
    assert.equal(await it.call(hostname, null), "hv1");
  });

  it("never has more in flight than the server takes, and keeps the order", async () => {
    server.script = () => undefined;
    const it = await open({ maxInFlight: 2 });
    const calls = Array.from({ length: 5 }, () => it.call(hostname, null));
    await until(() => sent(hostname.number).length === 2);
    for (let answered = 0; answered < 5; answered += 1) {
      await until(() => sent(hostname.number).length === Math.min(5, answered + 2));
      const next = sent(hostname.number)[answered];
      assert.ok(next !== undefined);
      server.peer.reply(next, (out) => out.string(String(answered), 10));
    }
    assert.deepEqual(await Promise.all(calls), ["0", "1", "2", "3", "4"]);
  });

  it("refuses calls beyond what may wait", async () => {
    server.script = () => undefined;
    const it = await open({ maxInFlight: 1, maxWaiting: 1 });
    const calls = [it.call(hostname, null), it.call(hostname, null)];
    await assert.rejects(it.call(hostname, null), linkError("overloaded"));
    it.drop();
    for (const result of await Promise.allSettled(calls)) assert.equal(result.status, "rejected");
  });

  it("gives up a call at its time-out or abort; a late answer disturbs nobody", async () => {
    const clock = new FakeClock();
    server.script = () => undefined;
    const it = await open({ clock, keepalive: null });
    const late = it.call(hostname, null, { timeoutMs: 100 });
    const gone = new AbortController();
    const aborted = it.call(hostname, null, { signal: gone.signal });
    await until(() => sent(hostname.number).length === 2);
    gone.abort(new Error("gone"));
    await assert.rejects(aborted, /gone/);
    await Promise.all([assert.rejects(late, linkError("timeout")), clock.advance(100)]);
    for (const call of sent(hostname.number)) server.peer.reply(call, (out) => out.string("late", 10));
    server.script = (call, peer) => peer.reply(call, (out) => out.string("hv1", 10));
    assert.equal(await it.call(hostname, null), "hv1");
  });

  it("sends nothing for a caller that has gone, nor what cannot be sent", async () => {
    const it = await open();
    await assert.rejects(it.call(hostname, null, { signal: AbortSignal.abort(new Error("gone")) }), /gone/);
    await assert.rejects(it.call(domainGetInfo, { ...domain, name: "a\0b" }), RangeError);
    assert.equal(await it.call(hostname, null), "hv1");
    assert.equal(sent(hostname.number).length, 1);
    assert.equal(sent(domainGetInfo.number).length, 0);
  });

  it("tells of events, and passes over those that it does not know", async () => {
    const events: DomainEvent[] = [];
    await open({}, (event) => events.push(event));
    server.peer.event(9_999, (out) => out.uint(1));
    server.peer.event(318, (out) => {
      out.int(3);
      out.string("web", 10);
      out.fixed(Buffer.from(domain.uuid.replaceAll("-", ""), "hex"));
      out.int(1);
      out.int(5);
      out.int(3);
    });
    await until(() => events.length > 0);
    assert.deepEqual(events, [{ kind: "lifecycle", domain, event: "stopped", detail: "migrated" }]);
  });

  describe("ends, with the process alive", () => {
    const garbage: Readonly<Record<string, readonly [bytes: Buffer, why: RegExp]>> = {
      "at a frame of garbage": [
        Buffer.from("SSH-2.0-OpenSSH_9.2p1 Debian"),
        /a frame that claims 1397966893 bytes/,
      ],
      "at a length of 4 GiB": [Buffer.alloc(4, 0xff), /claims 4294967295 bytes/],
      "at an event that cannot be read": [
        encodeFrame({
          program: programs.remote,
          procedure: 318,
          type: "message",
          serial: 0,
          status: "ok",
          payload: Buffer.alloc(6),
        }),
        /bytes are wanted/,
      ],
      "at a reply to nothing": [
        encodeFrame({
          program: programs.remote,
          procedure: 16,
          type: "reply",
          serial: 77,
          status: "ok",
          payload: Buffer.alloc(0),
        }),
        /a reply to no call/,
      ],
    };
    for (const [when, [bytes, why]] of Object.entries(garbage)) {
      it(when, async () => {
        server.script = () => undefined;
        const ending = await open();
        const waiting = ending.call(hostname, null);
        server.peer.socket.write(bytes);
        await assert.rejects(waiting, (error) => linkError("protocol")(error) && why.test(String(error)));
        assert.ok(linkError("protocol")(await closed(ending)));
        await assert.rejects(ending.call(hostname, null), linkError("protocol"));
      });
    }

    it("at a frame that is cut short", async () => {
      server.script = (call, peer) => peer.socket.end(encodeFrame(call).subarray(0, 20));
      const ending = await open();
      await assert.rejects(ending.call(hostname, null), /in the middle of a frame/);
    });

    it("at an answer of another shape", async () => {
      server.script = (call, peer) => peer.reply(call, (out) => out.uint(0xffff_ffff));
      const ending = await open();
      await assert.rejects(
        ending.call(hostname, null),
        /an answer to connectGetHostname that cannot be read/,
      );
      assert.ok(ending.closed.aborted);
    });

    it("at an answer with too much in it", async () => {
      server.script = (call, peer) =>
        peer.reply(call, (out) => {
          out.string("hv1", 10);
          out.uint(0);
        });
      await assert.rejects((await open()).call(hostname, null), /4 bytes are left over/);
    });

    it("when the server goes", async () => {
      server.script = (_call, peer) => peer.socket.destroy();
      await assert.rejects((await open()).call(hostname, null), linkError("closed"));
    });
  });

  it("is told by silence that a peer is cut off, and lives on any sign of life", async () => {
    const clock = new FakeClock();
    const pings = () => server.peer.calls.filter(({ program }) => program === programs.keepalive);
    server.script = (frame, peer) => {
      if (frame.program === programs.keepalive) peer.send({ ...frame, procedure: 2 });
      else peer.reply(frame, (out) => out.string("hv1", 10));
    };
    const it = await open({ clock, keepalive: { intervalMs: 1_000, count: 2 } });
    for (let round = 1; round <= 4; round += 1) {
      await clock.advance(1_000);
      await until(() => pings().length === round);
      await it.call(hostname, null); // Its answer comes after the keepalive's.
    }
    server.script = () => undefined;
    const waiting = it.call(hostname, null, { timeoutMs: null });
    const failed = assert.rejects(waiting, /no sign of life for 3000 ms/);
    await clock.advance(4_000);
    await failed;
  });

  it("answers the server's own question whether it lives", async () => {
    const seen: number[] = [];
    server.script = (frame) => void seen.push(frame.procedure);
    await open();
    const ping = {
      program: programs.keepalive,
      procedure: 1,
      type: "message",
      serial: 0,
      status: "ok",
    } as const;
    server.peer.send({ ...ping, payload: Buffer.alloc(0) });
    await until(() => seen.length > 0);
    assert.deepEqual(seen, [2]);
  });

  describe("cannot be opened", () => {
    it("where nobody listens", async () => {
      await server.die();
      await assert.rejects(open(), linkError("unreachable"));
    });

    it("where nobody answers in time, or for a caller that goes", async () => {
      const clock = new FakeClock();
      const mute = await FakeLibvirtd.start();
      const address = { transport: "unix", path: mute.path } as const;
      const options = { address, serverUri: "qemu:///system", clock, openTimeoutMs: 200 };
      mute.answersGreeting = false;
      const slow = Connection.open(options);
      await until(() => mute.peers.length === 1);
      await Promise.all([assert.rejects(slow, linkError("timeout")), clock.advance(200)]);
      const gone = new AbortController();
      const left = Connection.open(options, undefined, gone.signal);
      gone.abort(new Error("gone"));
      await assert.rejects(left, /gone/);
      await mute.stop();
    });
  });
});
