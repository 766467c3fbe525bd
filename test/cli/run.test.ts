import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Command } from "commander";
import type { ErrorReport } from "../../cli/error-output.ts";
import { createProgram } from "../../cli/program.ts";
import { errorCatalogue, exitCodes } from "../../reconciler/model/errors.ts";
import { makeWorld, runKeel, temporaryFolder } from "./run-keel.ts";

const cwd = "/nowhere";

describe("keel", () => {
  it("shows its help where nothing is asked for", async () => {
    const { exit, out, err } = await runKeel([], { cwd });
    assert.equal(exit, exitCodes.ok);
    assert.match(out, /^Usage: keel /);
    assert.equal(err, "");
  });

  it("tells its version", async () => {
    const { exit, out } = await runKeel(["--version"], { cwd });
    assert.equal(exit, exitCodes.ok);
    assert.match(out, /^\d+\.\d+\.\d+\n$/);
  });

  it("describes each command, with an example and the options that all have", async () => {
    const { world } = makeWorld({ cwd });
    const program = createProgram(world, () => assert.fail("help needs no context"));
    const shown = commandLines(program);
    assert.ok(shown.includes("up") && shown.includes("store backup") && !shown.includes("simulated-host"));
    for (const name of shown.filter((each) => each !== "help")) {
      const { exit, out } = await runKeel([...name.split(" "), "--help"], { cwd });
      assert.equal(exit, exitCodes.ok, name);
      assert.match(out, /\nExamples:\n {2}keel /, name);
      assert.match(out, /--store <endpoint>/, name);
    }
  });

  it("exits with 64 on an unknown command, and says which one may be meant", async () => {
    const { exit, err, out } = await runKeel(["aply"], { cwd });
    assert.equal(exit, exitCodes.usage);
    assert.equal(
      err,
      "error: Unknown command 'aply'. Did you mean apply?\n  `keel --help` shows how it is meant.\n",
    );
    assert.equal(out, "");
  });

  it("names the command whose help is of use", async () => {
    const { exit, err } = await runKeel(
      ["--dir", "up", "store", "serve", "--directory", "x", "--socket", "y", "--sokket", "z"],
      { cwd },
    );
    assert.equal(exit, exitCodes.usage);
    assert.match(err, /Unknown option '--sokket'\. Did you mean --socket\?/);
    assert.match(err, /`keel store serve --help`/);
  });

  it("refuses values that the files would refuse, with the same advice", async () => {
    const lease = await runKeel(["heartbeat", "--node", "hv1", "--lease", "10"], { cwd });
    assert.equal(lease.exit, exitCodes.usage);
    assert.match(lease.err, /write the unit: 10s/);
    const name = await runKeel(["agent", "--node", "HV_1"], { cwd });
    assert.equal(name.exit, exitCodes.usage);
    assert.match(name.err, /lower-case/);
  });

  it("says that no store was named, and exits with 6", async (test) => {
    const { exit, err } = await runKeel(["get", "vms"], { cwd: await temporaryFolder(test) });
    assert.equal(exit, exitCodes.unreachable);
    assert.match(err, /^error: No store was named.*\n {2}Start one with `keel up`/);
  });

  it("says where it looked for a store that does not answer, and exits with 6", async (test) => {
    const folder = await temporaryFolder(test);
    const endpoint = `unix:${folder}/none.sock`;
    const { exit, err } = await runKeel(["--store", endpoint, "--cluster", "lab", "get", "vms"], {
      cwd: folder,
    });
    assert.equal(exit, exitCodes.unreachable);
    assert.ok(err.startsWith(`error: The store at ${endpoint} does not answer: `), err);
  });

  it("tells errors as JSON where JSON is asked for", async () => {
    for (const args of [
      ["get", "vms", "-o", "json"],
      ["get", "vms", "--output=json", "--nonsense"],
    ]) {
      const { exit, err } = await runKeel(args, { cwd });
      const { error } = JSON.parse(err) as ErrorReport;
      assert.ok(error.code in errorCatalogue);
      assert.equal(error.exit, exit);
      assert.ok(error.message.length > 0 && error.advice.length > 0);
    }
  });

  it("takes options that all commands have before and behind the command", async (test) => {
    const folder = await temporaryFolder(test);
    await mkdir(join(folder, "lab"));
    await writeFile(join(folder, "lab", "a.yaml"), "kind: Node\nname: hv1\n");
    for (const args of [
      ["-d", "lab", "validate"],
      ["validate", "--dir", "lab"],
    ]) {
      const { exit, err } = await runKeel(args, { cwd: folder });
      assert.equal(exit, exitCodes.ok, err);
    }
  });

  it("exits with 130 when it is interrupted", async (test) => {
    const interrupted = AbortSignal.abort(new Error("Ctrl-C"));
    const { exit, err } = await runKeel(["--store", "http://127.0.0.1:1", "get", "vms"], {
      cwd: await temporaryFolder(test),
      ended: interrupted,
    });
    assert.equal(exit, exitCodes.interrupted);
    assert.match(err, /^error: Interrupted/);
  });
});

/** Of each command that is shown and that does something: `up`, `store backup`. */
function commandLines(parent: Command, prefix = ""): readonly string[] {
  const shown = parent.createHelp().visibleCommands(parent);
  return shown.flatMap((command) => {
    const line = prefix + command.name();
    return command.commands.length === 0 ? [line] : commandLines(command, `${line} `);
  });
}
