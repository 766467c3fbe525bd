import { chmod, link, lstat, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { dirname, join } from "node:path";

/** What the kernel's address structure holds, without the byte that ends it. */
export const maxSocketPathBytes = 107;

/** `mkdtemp` puts six characters behind it. */
const privateFolder = ".";
const privateName = "s";

/** Throws where no socket could be bound to the path, or in the private folder beside it. */
export function checkSocketPath(path: string): void {
  const beside = join(dirname(path), `${privateFolder}XXXXXX`, privateName);
  const bytes = Math.max(Buffer.byteLength(path), Buffer.byteLength(beside));
  if (bytes <= maxSocketPathBytes) return;
  throw new Error(
    `the socket path ${path} takes ${bytes} bytes; the system allows ${maxSocketPathBytes}. Choose a shorter one, for example under /run or /tmp.`,
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

/**
 * Makes a socket that nobody but its owner can use at any time: `bind` makes it in a folder that only the owner can
 * enter; it gets its name when its own mode is set. Throws where the name is taken. The returned function takes it away.
 */
export async function bindPrivately(
  path: string,
  bind: (path: string) => Promise<void>,
): Promise<() => Promise<void>> {
  // Not `join`: a dot that ends a path means the folder itself.
  const folder = await mkdtemp(`${dirname(path)}/${privateFolder}`);
  const hidden = join(folder, privateName);
  try {
    await bind(hidden);
    await chmod(hidden, 0o600);
    await link(hidden, path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return () => rm(path, { force: true });
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
