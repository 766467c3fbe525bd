/**
 * Canaries in the places that passwords of power devices are kept in: after all that reads, plans, applies and backs up,
 * they are found nowhere else. Also not where somebody writes one into a document by mistake.
 */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  globSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../reconciler/store/etcd/etcd-store.ts";
import { keelMain, RunningUp } from "../cli/running-up.ts";
import { runningDomains } from "../support/running-domains.ts";
import { repositoryRoot } from "../support/root.ts";

/** In a file, in the environment, in a credential, and typed into a document. */
const canaries = ["canary-of-a-file-7f3a", "canary-of-the-environment-91c2", "canary-of-a-credential-5e0d"];
const typed = "canary-of-a-document-c44b";

const nodesYaml = `
kind: Node
name: hv1
bmc: { agent: ipmilan, address: 10.0.9.11, user: fence, password: { file: bmc/hv1 } }
---
kind: Node
name: hv2
bmc: { agent: ipmilan, address: 10.0.9.12, user: fence, password: { env: KEEL_TEST_CANARY } }
---
kind: Node
name: hv3
bmc: { agent: ipmilan, address: 10.0.9.13, user: fence, password: { credential: bmc-hv3 } }
`;

describe("a password of a power device", { timeout: 120_000 }, () => {
  it("is found nowhere but where it is kept", async (test) => {
    const home = clusterWithSecrets(test);
    const up = new RunningUp(test, home);
    const watched = await up.follow(test, "lab");
    await watched.until("its guests run", (state) => runningDomains(state).size >= 3);

    const said: string[] = [];
    const keel = (status: number, ...args: readonly string[]): void => {
      const run = spawnSync(process.execPath, [keelMain, ...args], { cwd: home, encoding: "utf8" });
      said.push(run.stdout, run.stderr);
      assert.equal(run.status, status, `${args.join(" ")}\n${run.stderr}`);
    };
    keel(0, "validate");
    edit(home, "vms/web.yaml", (text) => text.replace("tags: [shop]", "tags: [shop, edited]"));
    edit(home, "nodes.yaml", (text) => text.replace("10.0.9.11", "10.0.9.21"));
    keel(0, "plan", "--out", "saved.plan");
    keel(0, "apply", "saved.plan", "-y");
    keel(0, "describe", "node/hv1");
    keel(0, "store", "backup", "lab.backup");
    keel(0, "store", "verify", "lab.backup");
    keel(0, "store", "status");
    edit(home, "nodes.yaml", (text) => text.replace("{ file: bmc/hv1 }", typed));
    keel(5, "validate");
    keel(5, "apply", "-y");
    await watched.until("the watcher tells of the mistake", (state) =>
      [...state.sources.values()].some(({ status }) => status === "invalid"),
    );

    const commandLines = up.processes().map((pid) => readFileSync(`/proc/${String(pid)}/cmdline`, "utf8"));
    const endpoint = readFileSync(join(home, ".keel", "endpoint"), "utf8").trim();
    const files = globSync(["saved.plan", "lab.backup", ".keel/**"], { cwd: home })
      .filter((file) => lstatSync(join(home, file)).isFile())
      .map((file) => [file, readFileSync(join(home, file), "latin1")] as const);
    const places = new Map([
      ["what the commands said", said.join("\n")],
      ["what `keel up` said", up.output],
      ["the command lines", commandLines.join("\n")],
      ["the store", await dump(endpoint)],
      ...files,
    ]);
    assert.ok(commandLines.length >= 8, "the parts of `keel up` were looked at");
    assert.match(places.get("the store") ?? "", /bmc\/hv1/, "the reference is in the store");
    assert.match(places.get("lab.backup") ?? "", /KEEL_TEST_CANARY/);
    for (const [place, text] of places) {
      for (const canary of [...canaries, typed]) assert.ok(!text.includes(canary), `${canary} in ${place}`);
    }
    assert.equal(await up.end("SIGTERM"), 0);
  });
});

/** A copy of the example, with the secrets beside it; both variables are handed on to what the test starts. */
function clusterWithSecrets(test: TestContext): string {
  const home = mkdtempSync(join(tmpdir(), "keel-secrets-"));
  test.after(() => rmSync(home, { recursive: true, force: true }));
  cpSync(join(repositoryRoot, "cluster.d"), join(home, "cluster.d"), { recursive: true });
  writeFileSync(join(home, "cluster.d", "nodes.yaml"), nodesYaml);
  const [file, variable, credential] = canaries;
  const secret = (path: string, text = ""): void => {
    mkdirSync(join(home, path, ".."), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, path), `${text}\n`, { mode: 0o600 });
  };
  secret("secrets/bmc/hv1", file);
  secret("credentials/bmc-hv3", credential);
  const given = { KEEL_TEST_CANARY: variable, CREDENTIALS_DIRECTORY: join(home, "credentials") };
  Object.assign(process.env, given);
  test.after(() => {
    for (const name of Object.keys(given)) Reflect.deleteProperty(process.env, name);
  });
  return home;
}

function edit(home: string, file: string, change: (text: string) => string): void {
  const path = join(home, "cluster.d", file);
  const text = readFileSync(path, "utf8");
  assert.notEqual(change(text), text);
  writeFileSync(path, change(text));
}

async function dump(endpoint: string): Promise<string> {
  const store = connectStore({ endpoints: [endpoint], clock: systemClock });
  try {
    const { items } = await store.list("");
    assert.ok(items.length > 0);
    return items.map(({ key, value }) => `${key} ${value}`).join("\n");
  } finally {
    await store.close();
  }
}
