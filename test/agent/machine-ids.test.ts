import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { type MachineIdFiles, machineIdFiles, readMachineIds } from "../../agent/machine-ids.ts";

describe("readMachineIds", () => {
  let folder: string;
  let files: MachineIdFiles;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "keel-ids-"));
    const [machineId, systemUuid, bootId] = [
      join(folder, "machine"),
      join(folder, "uuid"),
      join(folder, "boot"),
    ];
    files = { machineId, systemUuid, bootId };
    await writeFile(machineId, "0123456789abcdef\n");
    await writeFile(systemUuid, "4C4C4544-0042\n");
    await writeFile(bootId, "b5a1c2\n");
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("makes one id of the installation and the mainboard", async () => {
    const { machineId, bootId } = await readMachineIds(files);
    assert.match(machineId, /^[0-9a-f]{64}$/);
    assert.equal(bootId, "b5a1c2");
  });

  it("tells a copied disk on another mainboard apart", async () => {
    const before = await readMachineIds(files);
    await writeFile(files.systemUuid, "4C4C4544-0043\n");
    assert.notEqual((await readMachineIds(files)).machineId, before.machineId);
  });

  it("knows a mainboard again, however its id is written", async () => {
    const before = await readMachineIds(files);
    await writeFile(files.systemUuid, "4c4c4544-0042");
    assert.equal((await readMachineIds(files)).machineId, before.machineId);
  });

  it("does without a mainboard's id where the machine has none", async () => {
    const { machineId } = await readMachineIds({ ...files, systemUuid: join(folder, "none") });
    assert.match(machineId, /^[0-9a-f]{64}$/);
  });

  it("names the file that must be there", async () => {
    await writeFile(files.machineId, "\n");
    await assert.rejects(readMachineIds(files), /machine is missing or empty/);
  });

  it("does not take a mainboard's id that cannot be read for none", async () => {
    await rm(files.systemUuid);
    await mkdir(files.systemUuid);
    await assert.rejects(readMachineIds(files), /cannot read .*uuid/);
  });

  it("reads the files of the running system where none are named", () => {
    assert.deepEqual(Object.keys(machineIdFiles), ["machineId", "systemUuid", "bootId"]);
  });
});
