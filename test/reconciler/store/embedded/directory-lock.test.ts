import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { lockDirectory } from "../../../../reconciler/store/embedded/directory-lock.ts";
import { temporaryDirectory } from "./store-files.ts";

const bootId = (await readFile("/proc/sys/kernel/random/boot_id", "latin1")).replace(/[^0-9a-f]/g, "");

async function startTimeOf(pid: number): Promise<string> {
  const fields = (await readFile(`/proc/${pid}/stat`, "latin1")).split(") ")[1]?.split(" ") ?? [];
  return fields[19] ?? assert.fail("no start time");
}

describe("the lock of a store's folder", () => {
  it("keeps a second one off until the first lets go", async (test) => {
    const directory = await temporaryDirectory(test);
    const unlock = await lockDirectory(directory);
    await assert.rejects(lockDirectory(directory), { message: /in use by this process\. Stop that one/ });
    await unlock();
    assert.deepEqual(await readdir(directory), []);
    await (
      await lockDirectory(directory)
    )();
  });

  it("names another process that lives, and leaves its mark alone", async (test) => {
    const directory = await temporaryDirectory(test);
    const child = spawn("sleep", ["600"]);
    test.after(() => child.kill("SIGKILL"));
    await once(child, "spawn");
    const pid = child.pid ?? assert.fail("no process");
    const mark = `lock-${pid}-${await startTimeOf(pid)}-${bootId}`;
    await writeFile(join(directory, mark), "");
    await assert.rejects(lockDirectory(directory), { message: new RegExp(`in use by process ${pid}\\.`) });
    assert.deepEqual(await readdir(directory), [mark]);

    child.kill("SIGKILL");
    await once(child, "exit");
    await (
      await lockDirectory(directory)
    )();
    assert.deepEqual(await readdir(directory), []);
  });

  it("takes no notice of a process that is dead, though its parent has not looked at it yet", async (test) => {
    const directory = await temporaryDirectory(test);
    const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"]);
    test.after(() => parent.kill("SIGKILL"));
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await writeFile(join(directory, `lock-${pid}-${await startTimeOf(pid)}-${bootId}`), "");
    process.kill(pid, "SIGKILL");
    while (!(await readFile(`/proc/${pid}/stat`, "latin1")).includes(") Z ")) await setImmediate();
    await (
      await lockDirectory(directory)
    )();
    assert.deepEqual(await readdir(directory), []);
  });

  it("takes no notice of what dead processes left: of this boot, of another one, with a number used again", async (test) => {
    const directory = await temporaryDirectory(test);
    const start = await startTimeOf(process.pid);
    for (const mark of [
      `lock-4194304-1-${bootId}`,
      `lock-${process.pid}-${start}-0123`,
      `lock-${process.ppid}-1-${bootId}`,
    ]) {
      await writeFile(join(directory, mark), "");
    }
    const unlock = await lockDirectory(directory);
    assert.deepEqual(await readdir(directory), [`lock-${process.pid}-${start}-${bootId}`]);
    await unlock();
  });

  it("takes away no file that is no lock", async (test) => {
    const directory = await temporaryDirectory(test);
    await writeFile(join(directory, "log-00000001"), "");
    await (
      await lockDirectory(directory)
    )();
    assert.deepEqual(await readdir(directory), ["log-00000001"]);
  });
});
