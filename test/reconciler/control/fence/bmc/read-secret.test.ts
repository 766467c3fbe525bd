import assert from "node:assert/strict";
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import {
  readSecret,
  type Secret,
  type SecretPlaces,
} from "../../../../../reconciler/control/fence/bmc/read-secret.ts";
import { folderOf, secretsWith } from "../../../../support/fence/devices.ts";

const secret = "hunter2-of-a-test";

function setUp(test: TestContext, more: Partial<SecretPlaces> = {}) {
  const folder = secretsWith(folderOf(test), "hv1", secret);
  const places = { folder, desired: null, env: {}, ...more };
  return { folder, file: (path: string) => readSecret({ from: "file", path }, places) };
}

function refused(answer: Secret, why: RegExp): void {
  assert.ok(!answer.ok, "it was read");
  assert.match(answer.why, why);
  assert.ok(!answer.why.includes(secret));
}

describe("readSecret", () => {
  it("reads a file of the secrets folder, without the line break at its end", async (test) => {
    const { folder, file } = setUp(test);
    assert.deepEqual(await file("hv1"), { ok: true, value: secret });
    mkdirSync(join(folder, "bmc"));
    writeFileSync(join(folder, "bmc/hv2"), " with blanks \r\n", { mode: 0o600 });
    assert.deepEqual(await file("bmc/hv2"), { ok: true, value: " with blanks " });
  });

  it("reads what systemd hands over", async (test) => {
    const folder = secretsWith(folderOf(test), "bmc-hv1", secret);
    chmodSync(join(folder, "bmc-hv1"), 0o440);
    const places = { folder: "/nonexistent", desired: null, env: { CREDENTIALS_DIRECTORY: folder } };
    assert.deepEqual(await readSecret({ from: "credential", name: "bmc-hv1" }, places), {
      ok: true,
      value: secret,
    });
    refused(await readSecret({ from: "credential", name: "hv2" }, places), /add LoadCredential=hv2/);
    refused(
      await readSecret({ from: "credential", name: "hv2" }, { ...places, env: {} }),
      /LoadCredential=hv2/,
    );
  });

  it("reads a variable", async (test) => {
    const places = { folder: folderOf(test), desired: null, env: { BMC: secret } };
    assert.deepEqual(await readSecret({ from: "env", name: "BMC" }, places), { ok: true, value: secret });
    refused(await readSecret({ from: "env", name: "OTHER" }, places), /OTHER is not set: set it/);
  });

  it("refuses a file that others may read, and says how to mend it", async (test) => {
    const { folder, file } = setUp(test);
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(join(folder, "hv1"), mode);
      refused(await file("hv1"), /may be read by others: chmod 600 .*hv1$/);
    }
    chmodSync(join(folder, "hv1"), 0o400);
    assert.ok((await file("hv1")).ok);
  });

  it("refuses what leads out of the folder", async (test) => {
    const { folder, file } = setUp(test);
    refused(await file("../hv1"), /leads out of/);
    symlinkSync(join(folder, "hv1"), join(folder, "link"));
    refused(await file("link"), /is a link/);
  });

  it("refuses a secret inside the desired state, by whatever name that goes", async (test) => {
    const desired = folderOf(test);
    mkdirSync(join(desired, "secrets"));
    const folder = secretsWith(join(desired, "secrets"), "hv1", secret);
    const places = { folder, desired, env: {} };
    refused(await readSecret({ from: "file", path: "hv1" }, places), /inside the desired state/);
    const alias = join(folderOf(test), "alias");
    symlinkSync(folder, alias);
    const hidden = { ...places, folder: alias };
    refused(await readSecret({ from: "file", path: "hv1" }, hidden), /inside the desired state/);
  });

  it("refuses what is no password", async (test) => {
    const { folder, file } = setUp(test);
    const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
    write("empty", "\n");
    write("lines", `${secret}\nmore\n`);
    write("large", "x".repeat(5_000));
    mkdirSync(join(folder, "folder"));
    refused(await file("empty"), /is empty/);
    refused(await file("lines"), /more than one line/);
    refused(await file("large"), /larger than a secret/);
    refused(await file("folder"), /is no file/);
    refused(await file("missing"), /missing is not there: put the password there, with mode 0600/);
  });
});
