import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { link, mkdir, readdir, rm, stat, truncate, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../../reconciler/runtime/system-clock.ts";
import { createLog } from "../../../../reconciler/store/embedded/log-file.ts";
import { startEmbeddedServer, type EmbeddedServer } from "../../../../reconciler/store/embedded/server.ts";
import { connectStore, type EtcdStore } from "../../../../reconciler/store/etcd/etcd-store.ts";
import { StoreError } from "../../../../reconciler/store/store.ts";
import { startEmbedded, type Embedded } from "../../../support/etcd-embedded.ts";
import { temporaryDirectory } from "./store-files.ts";

async function embedded(test: TestContext): Promise<Embedded> {
  const server = await startEmbedded();
  test.after(() => server.close());
  return server;
}

function client(test: TestContext, endpoint: string): EtcdStore {
  const store = connectStore({ endpoints: [endpoint], clock: systemClock });
  test.after(() => store.close());
  return store;
}

function start(directory: string, socketPath: string): Promise<EmbeddedServer> {
  return startEmbeddedServer({ directory, socketPath, clock: systemClock, randomBytes });
}

const put = (key: string, lease?: string) => ({
  compare: [],
  then: [{ put: key, value: "1", ...(lease === undefined ? {} : { lease }) }],
});

describe("the embedded server", () => {
  it("lets only its owner at its files and its socket", async (test) => {
    const server = await embedded(test);
    const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    assert.equal(await mode(server.directory), 0o700);
    assert.equal(await mode(server.endpoint.slice("unix:".length)), 0o600);
    for (const name of await readdir(server.directory))
      assert.equal(await mode(join(server.directory, name)), 0o600);
  });

  it("takes a folder that others could read for itself", async (test) => {
    const base = await temporaryDirectory(test);
    await mkdir(join(base, "store"), { mode: 0o755 });
    const server = await start(join(base, "store"), join(base, "socket"));
    assert.equal((await stat(join(base, "store"))).mode & 0o777, 0o700);
    await server.close();
  });

  it("leaves neither socket nor lock behind when it is closed", async (test) => {
    const base = await temporaryDirectory(test);
    const server = await start(join(base, "store"), join(base, "socket"));
    await server.close();
    await server.close();
    assert.deepEqual(await readdir(base), ["store"]);
    assert.deepEqual(await readdir(join(base, "store")), ["log-00000001"]);
  });

  it("finishes at its start the replacement of a log in which it died", async (test) => {
    const server = await embedded(test);
    const store = client(test, server.endpoint);
    await store.transact(put("/a"));
    const { storeId, revision } = await store.list("");
    await server.kill();
    const { size } = await stat(join(server.directory, "log-00000001"));
    const header = { storeId, sequence: 2, revision, previousBytes: size };
    await (await createLog(join(server.directory, "log-00000002"), header)).close();
    await server.restart();
    const names = (await readdir(server.directory)).filter((name) => !name.startsWith("lock-"));
    assert.deepEqual(names.sort(), ["log-00000003", "snapshot-00000003"]);
    assert.equal((await store.get("/a"))?.value, "1");
  });

  it("knows everything after a restart, and is the same store", async (test) => {
    const server = await embedded(test);
    const store = client(test, server.endpoint);
    const lease = await store.grant(60_000);
    await store.transact(put("/a", lease.id));
    const before = await store.list("");
    await server.restart();
    assert.deepEqual(await store.list(""), before);
    assert.equal(lease.lost.aborted, false);
    await lease.revoke();
    assert.deepEqual((await store.list("")).items, []);
  });

  it("keeps a watch going across a restart", async (test) => {
    const server = await embedded(test);
    const store = client(test, server.endpoint);
    const { revision } = await store.transact(put("/watched/1"));
    const keys: string[] = [];
    const stop = new AbortController();
    const watching = (async () => {
      for await (const event of store.watch("/watched/", revision - 1, stop.signal)) {
        assert.ok(event.type === "changes");
        keys.push(...event.changes.map((change) => (change.type === "put" ? change.item.key : "")));
        if (keys.length === 1) await server.restart();
        if (keys.length === 1) await store.transact(put("/watched/2"));
        if (keys.length === 2) stop.abort();
      }
    })();
    await watching;
    assert.deepEqual(keys, ["/watched/1", "/watched/2"]);
  });

  it("tells that it cut off an interrupted write", async (test) => {
    const server = await embedded(test);
    const store = client(test, server.endpoint);
    await store.transact(put("/a"));
    await store.transact(put("/b"));
    await server.kill();
    const log = join(server.directory, "log-00000001");
    const { size } = await stat(log);
    await truncate(log, size - 1);
    await server.restart();
    const [notice] = server.notices;
    assert.ok(notice?.kind === "cut");
    assert.equal(notice.file, log);
    assert.equal(notice.offset + notice.bytes, size - 1);
    assert.deepEqual(
      (await store.list("")).items.map(({ key }) => key),
      ["/a"],
    );
  });

  it("serves no more when it cannot write, and says why", async (test) => {
    const server = await startEmbedded({ maxLogBytes: 0 });
    test.after(() => server.close());
    const store = client(test, server.endpoint);
    await rm(server.directory, { recursive: true });
    await store.transact(put("/a"));
    await assert.rejects(store.transact(put("/b")), StoreError);
    await assert.rejects(store.get("/a"), { code: "unreachable" });
    const [notice] = server.notices;
    assert.ok(notice?.kind === "failed");
    assert.match(notice.error.message, /cannot write: ENOENT.* mend the disk/);
  });

  it("refuses a folder that is in use, and the one that uses it does not notice", async (test) => {
    const server = await embedded(test);
    const base = await temporaryDirectory(test);
    await assert.rejects(start(server.directory, join(base, "socket")), /in use by this process/);
    assert.deepEqual((await client(test, server.endpoint).list("")).items, []);
  });

  it("refuses a socket on which another server answers, and gives the folder free again", async (test) => {
    const server = await embedded(test);
    const directory = join(await temporaryDirectory(test), "store");
    const socketPath = server.endpoint.slice("unix:".length);
    await assert.rejects(start(directory, socketPath), /another server answers on/);
    assert.deepEqual((await client(test, server.endpoint).list("")).items, []);
    const other = await start(directory, `${socketPath}2`);
    await other.close();
  });

  it("takes the place of a socket that nobody answers on, but of no other file", async (test) => {
    const base = await temporaryDirectory(test);
    const socketPath = join(base, "socket");
    await leaveStaleSocket(socketPath);
    assert.deepEqual(await readdir(base), ["socket"]);
    await (await start(join(base, "store"), socketPath)).close();
    await writeFile(socketPath, "mine");
    await assert.rejects(start(join(base, "store"), socketPath), /is in the way: it is not a socket/);
    assert.equal((await stat(socketPath)).size, 4);
  });

  it("says which socket path is too long", async (test) => {
    const base = await temporaryDirectory(test);
    const socketPath = join(base, "x".repeat(107 - base.length));
    await assert.rejects(start(join(base, "store"), socketPath), /takes 108 bytes; the system allows 107/);
    const server = await start(join(base, "store"), socketPath.slice(0, -1));
    assert.equal((await client(test, server.endpoint).list("")).revision, 1);
    await server.close();
  });
});

/** A socket as a killed server leaves it: there, and nobody listens. */
async function leaveStaleSocket(path: string): Promise<void> {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(`${path}-other`, resolve));
  await link(`${path}-other`, path);
  await new Promise((resolve) => other.close(resolve));
}
