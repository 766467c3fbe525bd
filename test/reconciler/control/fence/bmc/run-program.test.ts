/** Nothing of an agent outlives its deadline, or the process that started it. */
import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { describe, it, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { runProgram } from "../../../../../reconciler/control/fence/bmc/run-program.ts";
import { systemClock } from "../../../../../reconciler/runtime/system-clock.ts";
import { folderOf, never } from "../../../../support/fence/devices.ts";

/** Writes the ids of itself and of a child of its own into `pids`, and ends with neither. */
const lingering = `#!/bin/sh
cd "$(dirname "$0")"
sleep 1000 &
echo "$$ $!" > pids.new
mv pids.new pids
wait
`;

function programIn(folder: string, text: string): string {
  const path = join(folder, "program");
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

describe("runProgram", { timeout: 60_000 }, () => {
  it("ends a program at its deadline, and what it has started", async (test) => {
    const folder = folderOf(test);
    const path = programIn(folder, lingering);
    const end = await runProgram({ path }, 500, systemClock, never);
    assert.deepEqual(end, { kind: "overdue", afterMs: 500 });
    await gone(await pidsIn(folder));
  });

  it("ends it when it is no longer wanted", async (test) => {
    const folder = folderOf(test);
    const wanted = new AbortController();
    const running = runProgram({ path: programIn(folder, lingering) }, 50_000, systemClock, wanted.signal);
    const pids = await pidsIn(folder);
    wanted.abort(new Error("not wanted any more"));
    await assert.rejects(running, /not wanted any more/);
    await gone(pids);
  });

  it("does not begin it where it is no longer wanted by then", async (test) => {
    const folder = folderOf(test);
    const wanted = new AbortController();
    const path = programIn(folder, `#!/bin/sh\ntouch "$(dirname "$0")/begun"\n`);
    const running = runProgram({ path }, 50_000, systemClock, wanted.signal);
    wanted.abort(new Error("not wanted any more"));
    await assert.rejects(running, /not wanted any more/);
    assert.ok(!existsSync(join(folder, "begun")));
  });

  it("ends what a program leaves behind when it ends", async (test) => {
    const folder = folderOf(test);
    const path = programIn(folder, lingering.replace("wait\n", "echo done\n"));
    const end = await runProgram({ path }, 50_000, systemClock, never);
    assert.equal(end.kind, "exited");
    assert.equal(end.kind === "exited" && end.stdout, "done\n");
    await gone(await pidsIn(folder));
  });

  it("lets a program die with the process that started it", async (test) => {
    const folder = folderOf(test);
    const parent = startedFrom(test, programIn(folder, lingering), 50_000);
    const [program = assert.fail("no program")] = await pidsIn(folder);
    parent.kill("SIGKILL");
    await gone([program]);
  });

  it("keeps the deadline where the process that started it is frozen", async (test) => {
    const folder = folderOf(test);
    const parent = startedFrom(test, programIn(folder, lingering), 1_500);
    const pids = await pidsIn(folder);
    parent.kill("SIGSTOP");
    await gone(pids);
    assert.ok(
      isRunning(parent.pid ?? assert.fail("it did not start")),
      "the one who started it is still there",
    );
  });

  it("keeps no more of what is said than it can use", async (test) => {
    const path = programIn(
      folderOf(test),
      "#!/bin/sh\nhead -c 5000000 /dev/zero | tr '\\0' x\necho end >&2\n",
    );
    const end = await runProgram({ path }, 50_000, systemClock, never);
    assert.ok(end.kind === "exited" && end.stdout.length === 64 * 1024 && end.stderr === "end\n");
  });

  it("hands on nothing of its own environment", async (test) => {
    process.env["KEEL_TEST_OWN"] = "known here";
    test.after(() => Reflect.deleteProperty(process.env, "KEEL_TEST_OWN"));
    const path = programIn(folderOf(test), "#!/bin/sh\nenv\n");
    const end = await runProgram({ path, env: { GIVEN: "to it" } }, 50_000, systemClock, never);
    assert.ok(end.kind === "exited");
    assert.match(end.stdout, /^GIVEN=to it$/m);
    assert.doesNotMatch(end.stdout, /KEEL_TEST_OWN/);
  });

  it("says that a program is not there, or is none", async (test) => {
    const folder = folderOf(test);
    const path = join(folder, "nothing");
    assert.deepEqual(await runProgram({ path }, 50_000, systemClock, never), { kind: "missing" });
    writeFileSync(path, "text");
    assert.deepEqual(await runProgram({ path }, 50_000, systemClock, never), { kind: "missing" });
  });
});

/** A process that runs the program, and does nothing else. */
function startedFrom(test: TestContext, path: string, deadlineMs: number): ChildProcess {
  const module = join(import.meta.dirname, "../../../../../reconciler/control/fence/bmc/run-program.js");
  const clock = join(import.meta.dirname, "../../../../../reconciler/runtime/system-clock.js");
  const text = `
    const { runProgram } = await import(${JSON.stringify(module)});
    const { systemClock } = await import(${JSON.stringify(clock)});
    await runProgram({ path: ${JSON.stringify(path)} }, ${deadlineMs}, systemClock, new AbortController().signal);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", text], { stdio: "inherit" });
  test.after(() => child.kill("SIGKILL"));
  return child;
}

async function pidsIn(folder: string): Promise<readonly number[]> {
  const path = join(folder, "pids");
  while (!existsSync(path)) await sleep(10);
  return readFileSync(path, "utf8").trim().split(" ").map(Number);
}

async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(isRunning)) await sleep(10);
}

/** One that has ended and was not asked about yet runs no more. */
function isRunning(pid: number): boolean {
  try {
    const [, state] = /\) (\S) /u.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
    return state !== "Z" && state !== "X";
  } catch {
    return false;
  }
}
