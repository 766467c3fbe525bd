// Needs: etcdctl
/** etcd's own command-line client against the embedded server: a check by a program that is not ours. */
import assert from "node:assert/strict";
import { spawn, type ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { after, before, describe, it, type TestContext } from "node:test";
import { startProxy, type Proxy } from "../../../support/etcd-proxy.ts";
import { startEmbedded, type Embedded } from "../../../support/etcd-embedded.ts";

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

interface Answer {
  readonly header: { readonly revision: number; readonly member_id: number };
}

interface Status extends Answer {
  readonly version: string;
  readonly leader: number;
  readonly dbSize: number;
  readonly dbSizeInUse: number;
}

describe("the embedded server, asked by etcdctl", { timeout: 60_000 }, () => {
  let server: Embedded | null = null;
  let relay: Proxy | null = null;
  before(async () => {
    server = await startEmbedded({ quotaBytes: 2_000_000 });
    relay = await startProxy(server.endpoint);
  });
  after(async () => {
    await relay?.close();
    await server?.close();
  });

  /**
   * It sends the path of the socket as the name of the host, where only a name without slashes is valid HTTP/2; so it
   * runs in the socket's folder. What it asks of one member it always asks with slashes: that goes through a relay.
   */
  const endpointFor = (command = ""): string =>
    ["endpoint", "defrag"].includes(command) ? new URL(relay?.endpoint ?? "").host : "unix://socket";

  const start = (...args: readonly string[]): Child =>
    spawn("etcdctl", [`--endpoints=${endpointFor(args[0])}`, "--command-timeout=10s", ...args], {
      cwd: dirname(server?.directory ?? assert.fail("not started")),
      env: { ...process.env, ETCDCTL_API: "3" },
      stdio: ["pipe", "pipe", "pipe"],
    });

  const ended = async (child: Child, input = "") => {
    child.stdin.end(input);
    const closed = once(child, "close");
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
    return { code: child.exitCode, out: out.trimEnd(), err };
  };

  /** What a command prints that succeeds. */
  const etcdctl = async (...args: readonly string[]): Promise<string> => {
    const { code, out, err } = await ended(start(...args));
    assert.equal(code, 0, `etcdctl ${args.join(" ").slice(0, 200)}: ${err}`);
    return out;
  };

  /** A command that goes on until it is interrupted, and the lines it prints. */
  const running = (test: TestContext, ...args: readonly string[]) => {
    const child = start(...args);
    test.after(() => child.kill("SIGKILL"));
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => {
      const line = await lines.next();
      return line.done === true ? assert.fail(`etcdctl ${args.join(" ")} ended`) : line.value;
    };
    const interrupt = async (): Promise<void> => {
      const closed = once(child, "close");
      child.kill("SIGINT");
      await closed;
    };
    return { next, interrupt };
  };

  it("puts, gets and deletes", async () => {
    assert.equal(await etcdctl("put", "/plain/a", "1"), "OK");
    assert.equal(await etcdctl("put", "/plain/b", "2", "--prev-kv"), "OK");
    assert.equal(await etcdctl("put", "/plain/b", "3", "--prev-kv"), "OK\n/plain/b\n2");
    assert.equal(await etcdctl("get", "/plain/", "--prefix"), "/plain/a\n1\n/plain/b\n3");
    assert.equal(await etcdctl("get", "/plain/", "--prefix", "--keys-only", "--limit=1"), "/plain/a");
    assert.equal(await etcdctl("del", "/plain/", "--prefix"), "2");
    assert.equal(await etcdctl("get", "/plain/", "--prefix"), "");
  });

  it("watches, from an earlier revision on", async (test) => {
    await etcdctl("put", "/watched", "1");
    const { header } = JSON.parse(await etcdctl("get", "/watched", "-w", "json")) as Answer;
    const watch = running(test, "watch", "/watched", `--rev=${header.revision}`);
    const seen = [await watch.next(), await watch.next(), await watch.next()];
    await etcdctl("del", "/watched");
    seen.push(await watch.next(), await watch.next());
    assert.deepEqual(seen, ["PUT", "/watched", "1", "DELETE", "/watched"]);
    await watch.interrupt();
  });

  it("grants, keeps and revokes leases", async (test) => {
    const id = /^lease (\w+) granted with TTL\(60s\)$/.exec(await etcdctl("lease", "grant", "60"))?.[1] ?? "";
    await etcdctl("put", "/leased", "1", `--lease=${id}`);
    assert.match(await etcdctl("lease", "timetolive", id, "--keys"), /attached keys\(\[\/leased\]\)/);
    const alive = running(test, "lease", "keep-alive", id);
    assert.equal(await alive.next(), `lease ${id} keepalived with TTL(60)`);
    await alive.interrupt();
    assert.match(await etcdctl("lease", "list"), new RegExp(`^${id}$`, "m"));
    assert.equal(await etcdctl("lease", "revoke", id), `lease ${id} revoked`);
    assert.equal(await etcdctl("get", "/leased"), "");
  });

  it("carries out transactions", async () => {
    const transaction = 'create("/once") = "0"\n\nput /once first\n\nget /once\n\n';
    const transact = async (): Promise<string> => (await ended(start("txn"), transaction)).out;
    assert.match(await transact(), /SUCCESS\n\nOK$/);
    assert.match(await transact(), /FAILURE\n\n\/once\nfirst$/);
  });

  it("gives a lock to one after the other", async (test) => {
    const first = running(test, "lock", "door");
    const key = await first.next();
    assert.match(key, /^door\//);
    const second = running(test, "lock", "door");
    const next = second.next();
    assert.ok((await etcdctl("get", "door/", "--prefix", "--keys-only")).split("\n").includes(key));
    await first.interrupt();
    assert.match(await next, /^door\//);
    await second.interrupt();
  });

  it("elects one after the other", async (test) => {
    const first = running(test, "elect", "seat", "first");
    await first.next();
    assert.equal(await first.next(), "first");
    const second = running(test, "elect", "seat", "second");
    await first.interrupt();
    await second.next();
    assert.equal(await second.next(), "second");
    assert.match(await running(test, "elect", "--listen", "seat").next(), /^seat\//);
    await second.interrupt();
  });

  it("tells its state, compacts and defragments", async () => {
    const status = async (): Promise<Status> => {
      const [answer] = JSON.parse(await etcdctl("endpoint", "status", "-w", "json")) as readonly [
        { readonly Status: Status },
      ];
      return answer.Status;
    };
    for (let n = 0; n < 3; n += 1) await etcdctl("put", "/large", "x".repeat(100_000));
    const full = await status();
    assert.equal(full.version, "3.4.0");
    assert.equal(full.leader, full.header.member_id);
    assert.ok(full.dbSize > 300_000 && full.dbSizeInUse > 100_000 && full.dbSizeInUse < 200_000);
    assert.match(await etcdctl("compact", String(full.header.revision)), /^compacted revision/);
    assert.match(await etcdctl("defrag"), /^Finished defragmenting/);
    assert.ok((await status()).dbSize < 200_000);
    assert.equal((await etcdctl("get", "/large", "--print-value-only")).length, 100_000);
    const old = await ended(start("get", "/large", "--rev=2"));
    assert.match(old.err, /required revision has been compacted/);
    await etcdctl("endpoint", "health");
    assert.match(await etcdctl("member", "list"), /started, embedded/);
  });

  it("is told when the store is full, makes space and goes on", async () => {
    assert.equal(await etcdctl("alarm", "list"), "");
    for (let n = 0; n < 15; n += 1) await etcdctl("put", `/full/${n}`, "x".repeat(120_000));
    const refused = await ended(start("put", "/full/more", "x".repeat(120_000)));
    assert.match(refused.err, /etcdserver: mvcc: database space exceeded/);
    assert.equal(await etcdctl("alarm", "list"), "memberID:1 alarm:NOSPACE");
    assert.match((await ended(start("put", "/small", "1"))).err, /database space exceeded/);
    assert.match((await ended(start("lease", "grant", "60"))).err, /database space exceeded/);
    assert.equal(await etcdctl("del", "/full/", "--prefix"), "15");
    assert.equal(await etcdctl("alarm", "disarm"), "memberID:1 alarm:NOSPACE");
    assert.equal(await etcdctl("alarm", "list"), "");
    assert.equal(await etcdctl("put", "/small", "1"), "OK");
  });
});
