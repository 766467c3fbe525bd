import { createHash } from "node:crypto";
import { connect, createServer, type Socket } from "node:net";

import { codeOf } from "../load/list-folder.ts";

/** Editing takes milliseconds; somebody who takes so long has been stopped in the middle. */
const patienceMs = 10_000;
/** Everybody may be before us once, whatever their number. */
const turnsMax = 1_000;

/** The right to edit a folder. Given free once; what comes after that does nothing. */
export interface Turn {
  free(): void;
}

/**
 * Waits until no other keel of this machine edits the folder: between the last look at a file and its rename another
 * one's edit would be lost. The lock is a name in the kernel (an abstract socket), so a process that dies in the middle
 * leaves nothing behind. `root`: the folder's real path. null: somebody holds on to it.
 */
export async function takeTurn(root: string): Promise<Turn | null> {
  const name = `\0keel-edit-${createHash("sha256").update(root).digest("hex").slice(0, 32)}`;
  for (let turn = 0; turn < turnsMax; turn++) {
    const taken = await take(name);
    if (taken !== null) return taken;
    if (!(await isFreed(name))) return null;
  }
  return null;
}

/** null: somebody has it. Whoever waits is connected until it is given free; nothing is said. */
function take(name: string): Promise<Turn | null> {
  const waiting = new Set<Socket>();
  const lock = createServer((socket) => {
    waiting.add(socket);
    socket.on("error", () => undefined);
    socket.once("close", () => waiting.delete(socket));
  });
  const free = () => {
    lock.close();
    for (const socket of waiting) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    lock.once("error", (error) => {
      if (codeOf(error) === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    lock.listen(name, () => resolve({ free }));
  });
}

/** Resolves when whoever has it is done, or is dead: true; false after more time than that takes. */
function isFreed(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const waiting = connect(name);
    waiting.setTimeout(patienceMs, () => {
      resolve(false);
      waiting.destroy();
    });
    // Refused: it was given free between the two looks.
    waiting.once("error", () => resolve(true));
    waiting.once("close", () => resolve(true));
  });
}
