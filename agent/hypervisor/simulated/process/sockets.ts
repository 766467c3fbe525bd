import { join } from "node:path";
import type { NodeName } from "../../../../reconciler/model/names.ts";

/** The kernel's bound on the path of a unix socket, in bytes, without the closing zero. */
const pathLimit = 107;

/** Where the host of a simulated node listens. */
export function hostSocket(directory: string, node: NodeName): string {
  const path = join(directory, `${node}.sock`);
  if (Buffer.byteLength(path) > pathLimit) {
    throw new RangeError(`${path} is too long for a unix socket; use a directory with a shorter path`);
  }
  return path;
}
