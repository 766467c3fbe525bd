import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { asUuid } from "../reconciler/model/system-uuid.ts";

export interface MachineIdFiles {
  /** One line, made at the system's installation. */
  readonly machineId: string;
  /** The mainboard's UUID; not every machine has one. */
  readonly systemUuid: string;
  /** Another one after each boot of the kernel. */
  readonly bootId: string;
}

export const machineIdFiles: MachineIdFiles = {
  machineId: "/etc/machine-id",
  systemUuid: "/sys/class/dmi/id/product_uuid",
  bootId: "/proc/sys/kernel/random/boot_id",
};

export interface MachineIds {
  /** Tells two machines apart, also where one disk was copied from the other. */
  readonly machineId: string;
  readonly bootId: string;
  /** In lower case; null: the mainboard has none, or one that many have. */
  readonly systemUuid: string | null;
}

/**
 * Who this machine is, and which life of it this is.
 *
 * @throws Error that names the file, where one that must be there cannot be read.
 */
export async function readMachineIds(files: MachineIdFiles = machineIdFiles): Promise<MachineIds> {
  const installed = await readLine(files.machineId);
  if (installed === null) throw missing(files.machineId, "run systemd-machine-id-setup");
  const bootId = await readBootId(files.bootId);
  const systemUuid = (await readLine(files.systemUuid)) ?? "";
  const machineId = createHash("sha256").update(`${installed}\n${systemUuid.toLowerCase()}`).digest("hex");
  return { machineId, bootId, systemUuid: asUuid(systemUuid) };
}

/** Which life of this machine this is. @throws Error that names the file, where it cannot be read */
export async function readBootId(file: string = machineIdFiles.bootId): Promise<string> {
  const bootId = await readLine(file);
  if (bootId === null) throw missing(file, "/proc must be mounted");
  return bootId;
}

/** Null where there is no such file, or nothing in it. One that may not be read is an error: it would change the hash. */
async function readLine(path: string): Promise<string | null> {
  try {
    const text = (await readFile(path, "utf8")).trim();
    return text === "" ? null : text;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw new Error(`cannot read ${path}, by which this machine is known; the heartbeat must run as root`, {
      cause: error,
    });
  }
}

function missing(path: string, advice: string): Error {
  return new Error(`${path} is missing or empty, so this machine cannot be told from others; ${advice}`);
}
