import { createHash } from "node:crypto";
import { access, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "../root.ts";
import { run } from "../command.ts";

export interface GuestImage {
  readonly kernel: string;
  readonly initrd: string;
}

/** A kernel and an initial RAM disk for test guests, made once for each version of the script that makes them. */
export async function guestImage(): Promise<GuestImage> {
  const script = join(repositoryRoot, "test/support/libvirt/make-guest.sh");
  const version = createHash("sha256")
    .update(await readFile(script))
    .digest("hex")
    .slice(0, 12);
  const folder = join(tmpdir(), `keel-guest-${version}`);
  if (!(await isThere(folder))) await make(script, folder);
  return { kernel: join(folder, "vmlinuz"), initrd: join(folder, "initrd.gz") };
}

/** Elsewhere first, so that nobody sees half of it; of two who make it at once, one comes too late. */
async function make(script: string, folder: string): Promise<void> {
  const draft = await mkdtemp(`${folder}-`);
  await run("bash", [script, draft]);
  try {
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true });
    if (!(await isThere(folder))) throw error;
  }
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
