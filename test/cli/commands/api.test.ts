/** `keel api` as a process of its own beside an embedded store: over its socket, and over TLS with tokens. */
import assert from "node:assert/strict";
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { ApiClient } from "../../support/api-client.ts";
import { Authority } from "../../support/certificates.ts";
import { KeelProcess } from "../../support/keel-process.ts";
import { runKeel, temporaryFolder } from "../run-keel.ts";

// Needs: openssl

const cluster = `kind: Cluster
name: lab
---
kind: Node
name: hv1
---
kind: VM
name: web1
memory: 1GiB
state: disabled
`;

/** A store, and an API over it on its socket and a free port. */
async function served(test: TestContext) {
  const folder = await temporaryFolder(test);
  await mkdir(join(folder, "cluster.d"));
  await writeFile(join(folder, "cluster.d", "lab.yaml"), cluster);
  const authority = new Authority(folder);
  const { cert, key } = await authority.sign("localhost");
  const endpoint = `unix:${join(folder, "store.sock")}`;
  const state = join(folder, "state");
  const keel = (...args: readonly string[]) =>
    runKeel(["--store", endpoint, "--dir", join(folder, "cluster.d"), ...args], { cwd: folder });
  const begin = (...args: readonly string[]) => {
    const child = new KeelProcess({ args, state });
    test.after(() => child.end("SIGKILL"));
    child.start();
    return child;
  };
  const store = begin(
    "store",
    "serve",
    "--directory",
    join(folder, "store"),
    "--socket",
    join(folder, "store.sock"),
  );
  await store.says('"msg":"serving"');
  const socket = join(folder, "api.sock");
  const api = begin(
    ...["--store", endpoint, "--dir", join(folder, "cluster.d"), "api", "--socket", socket],
    ...["--listen", "127.0.0.1:0", "--tls-cert", cert, "--tls-key", key],
  );
  await api.says("over TLS");
  const port = Number(/"port":(\d+)/.exec(api.said)?.[1]);
  const ca = await readFile(authority.ca);
  const local = new ApiClient({ socketPath: socket });
  const remote = (token: string | null) =>
    new ApiClient({ host: "127.0.0.1", servername: "localhost", port, ca, token });
  return { folder, keel, api, socket, local, remote, port };
}

describe("keel api", () => {
  it("serves its owner on a socket, and holders of tokens over TLS", async (test) => {
    const { folder, keel, api, socket, local, remote, port } = await served(test);
    assert.equal((await stat(socket)).mode & 0o777, 0o600);
    while ((await local.get("/readyz")).status !== 200) await systemClock.sleep(10);
    assert.equal((await keel("apply", "-y", "--no-wait")).exit, 0);

    const tagged = await local.post("/api/v1/vm/{vm}", { vm: "web1" }, { tags: ["shop"] });
    assert.equal(tagged.status, 200);
    assert.match(tagged.body.files[0]?.diff ?? "", /^\+tags: \[shop\]$/m);
    assert.match(await readFile(join(folder, "cluster.d", "lab.yaml"), "utf8"), /^tags: \[shop\]$/m);

    const token = (await keel("token", "create", "grafana")).out.trim();
    const { status, body } = await remote(token).get("/api/v1/vm/{vm}", { vm: "web1" });
    assert.equal(status, 200);
    assert.deepEqual([body.name, body.state, body.tags], ["web1", "disabled", ["shop"]]);
    assert.equal((await remote(null).get("/api/v1/vm")).status, 401);
    assert.equal((await remote(token).post("/api/v1/vm/{vm}", { vm: "web1" }, { tags: [] })).status, 403);

    const plain = new ApiClient({ host: "127.0.0.1", port });
    await assert.rejects(plain.get("/healthz"));
    const stranger = new ApiClient({ host: "127.0.0.1", servername: "localhost", port, ca: "", token });
    await assert.rejects(stranger.get("/healthz"));

    await api.end("SIGTERM");
    await assert.rejects(stat(socket));
    assert.ok(!api.said.includes(token.slice(-43)));
  });

  it("refuses to serve a network in the clear", async (test) => {
    const folder = await temporaryFolder(test);
    const { exit, err } = await runKeel(["--store", "unix:/x", "api", "--listen", ":7443"], { cwd: folder });
    assert.equal(exit, 64);
    assert.match(err, /with TLS alone/);
  });
});
