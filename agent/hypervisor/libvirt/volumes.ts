import { execFile } from "node:child_process";
import { access, mkdir, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import type { DiskSpec } from "../../../reconciler/model/step.ts";
import { HypervisorError } from "../hypervisor.ts";
import { type DiskImage, diskImage } from "./xml/disk-xml.ts";
import type { DomainXmlOptions } from "./xml/options.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

const run = promisify(execFile);
const createTimeoutMs = 60_000;

/**
 * Sees to it that each disk has its data: an image is made once, at its VM's birth, and never anew.
 *
 * @throws HypervisorError `volume-missing`, `unsupported`, `refused`
 */
export async function prepareVolumes(
  disks: readonly DiskSpec[],
  options: DomainXmlOptions,
  signal: AbortSignal,
): Promise<void> {
  for (const disk of disks) {
    const { source, format } = diskImage(disk, options);
    const path = fileOf(disk, source);
    if (await isThere(path)) continue;
    if (disk.source === "file" || !disk.create || disk.sizeBytes === null) {
      throw new HypervisorError("volume-missing", `disk ${disk.name}: there is no ${path}`);
    }
    await mkdir(dirname(path), { recursive: true });
    await create(path, format, disk.sizeBytes, signal);
  }
}

/** @throws HypervisorError `unsupported` */
export async function removeVolume(disk: DiskSpec, options: DomainXmlOptions): Promise<void> {
  await rm(fileOf(disk, diskImage(disk, options).source), { force: true });
}

async function create(path: string, format: string, bytes: number, signal: AbortSignal): Promise<void> {
  try {
    const args = ["create", "-q", "-f", format, path, String(bytes)];
    await run("qemu-img", args, { signal, timeout: createTimeoutMs });
  } catch (error) {
    signal.throwIfAborted();
    const why = messageOf(error);
    throw new HypervisorError("refused", `the image ${path} cannot be made: ${why}`, { cause: error });
  }
}

function fileOf(disk: DiskSpec, source: DiskImage["source"]): string {
  if (source.kind === "file") return source.path;
  throw new HypervisorError("unsupported", `disk ${disk.name}: there is no driver for where its data is`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw new HypervisorError("refused", `cannot look for ${path}`, { cause: error });
  }
}
