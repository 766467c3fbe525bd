import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { findClusterName, findEndpoints, readCredentials } from "../../cli/discovery.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { temporaryFolder } from "./run-keel.ts";

/** Two folders, each with the state of a running `keel up` beside its cluster.d, and one without. */
async function folders(test: TestContext) {
  const root = await temporaryFolder(test);
  for (const name of ["here", "there"]) {
    await mkdir(join(root, name, ".keel"), { recursive: true });
    await writeFile(join(root, name, ".keel", "endpoint"), `unix:/run/${name}.sock\n`);
    await writeFile(join(root, name, ".keel", "cluster"), `${name}\n`);
  }
  const at = (cwd: string, beside: string, env: Record<string, string> = {}) => ({
    env,
    cwd: join(root, cwd),
    directory: join(root, beside, "cluster.d"),
  });
  return { root, at };
}

const isKeelError = (code: string, words: RegExp) => (error: unknown) =>
  error instanceof KeelError && error.code === code && words.test(error.message);

describe("findEndpoints", () => {
  it("believes the option first, then KEEL_STORE, then .keel here, then .keel beside the folder", async (test) => {
    const { at } = await folders(test);
    const env = { KEEL_STORE: "http://10.0.0.1:2379" };
    assert.deepEqual(await findEndpoints("unix:/a.sock", at("here", "there", env)), ["unix:/a.sock"]);
    assert.deepEqual(await findEndpoints(undefined, at("here", "there", env)), ["http://10.0.0.1:2379"]);
    assert.deepEqual(await findEndpoints(undefined, at("here", "there")), ["unix:/run/here.sock"]);
    assert.deepEqual(await findEndpoints(undefined, at("elsewhere", "there")), ["unix:/run/there.sock"]);
    assert.deepEqual(await findEndpoints(undefined, at("here", "there", { KEEL_STORE: "" })), [
      "unix:/run/here.sock",
    ]);
  });

  it("never looks in the folders above", async (test) => {
    const { at } = await folders(test);
    const deep = at("here/deep", "elsewhere");
    await assert.rejects(findEndpoints(undefined, deep), isKeelError("store-not-found", /\.keel\/endpoint/));
  });

  it("takes several members of one etcd", async (test) => {
    const { at } = await folders(test);
    const named = "https://a:2379, https://b:2379,http://c:80";
    assert.deepEqual(await findEndpoints(named, at("here", "here")), [
      "https://a:2379",
      "https://b:2379",
      "http://c:80",
    ]);
  });

  it("refuses what is no endpoint", async (test) => {
    const { at } = await folders(test);
    for (const named of ["10.0.0.1:2379", "http://10.0.0.1", "unix:relative", "https://a:1,", ""]) {
      await assert.rejects(
        findEndpoints(named, at("here", "here")),
        isKeelError("usage", /names no store/),
        named,
      );
    }
  });
});

describe("findClusterName", () => {
  it("believes the option first, then KEEL_CLUSTER, then .keel; else nobody says", async (test) => {
    const { at } = await folders(test);
    const env = { KEEL_CLUSTER: "by-env" };
    assert.equal(await findClusterName("by-option", at("here", "there", env)), "by-option");
    assert.equal(await findClusterName(undefined, at("here", "there", env)), "by-env");
    assert.equal(await findClusterName(undefined, at("here", "there")), "here");
    assert.equal(await findClusterName(undefined, at("elsewhere", "elsewhere")), null);
  });

  it("refuses what cannot be a name: it would be part of every key", async (test) => {
    const { at } = await folders(test);
    await assert.rejects(
      findClusterName("a/b", at("here", "here")),
      isKeelError("usage", /cannot be the name/),
    );
  });
});

describe("readCredentials", () => {
  it("reads the files that the variables name", async (test) => {
    const { root } = await folders(test);
    const env: Record<string, string> = {};
    for (const name of ["CA", "CERT", "KEY"]) {
      env[`KEEL_STORE_${name}`] = join(root, name);
      await writeFile(join(root, name), `the ${name}`);
    }
    assert.deepEqual(await readCredentials(env), {
      rootCertificate: Buffer.from("the CA"),
      certChain: Buffer.from("the CERT"),
      privateKey: Buffer.from("the KEY"),
    });
    assert.equal(await readCredentials({}), null);
  });

  it("refuses half of a client's identity, and files that are not there", async () => {
    await assert.rejects(
      readCredentials({ KEEL_STORE_CA: "/a", KEEL_STORE_CERT: "/b" }),
      isKeelError("usage", /together/),
    );
    const alone = { KEEL_STORE_CERT: "/b", KEEL_STORE_KEY: "/c" };
    await assert.rejects(readCredentials(alone), isKeelError("usage", /KEEL_STORE_CA/));
    await assert.rejects(
      readCredentials({ KEEL_STORE_CA: "/no/such/file" }),
      isKeelError("failed", /\/no\/such\/file/),
    );
  });
});
