import { lstat, rm } from "node:fs/promises";
import { connect } from "node:net";

/** What the kernel's address structure holds, without the byte that ends it. */
export const maxSocketPathBytes = 107;

/** Throws where no socket could be bound to the path. */
export function checkSocketPath(path: string): void {
  const bytes = Buffer.byteLength(path);
  if (bytes <= maxSocketPathBytes) return;
  throw new Error(
    `the socket path ${path} has ${bytes} bytes; the system allows ${maxSocketPathBytes}. Choose a shorter one, for example under /run or /tmp.`,
  );
}

/** Takes a socket away that nobody answers on. Throws where somebody does, or where the path is something else. */
export async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isSocket()) throw new Error(`${path} is in the way: it is not a socket. Choose another path.`);
  if (await answers(path))
    throw new Error(`another server answers on ${path}. Stop it, or choose another path.`);
  await rm(path, { force: true });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
