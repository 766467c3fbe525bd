import type { Clock } from "../../model/clock.ts";
import { StoreCore } from "../core/store-core.ts";
import type { Revision } from "../store.ts";
import { directoryHolder } from "./directory-lock.ts";
import { format } from "./file-header.ts";
import { cutTail, type CutTail } from "./recovery.ts";
import { replayDirectory } from "./replay.ts";
import { StoreDamagedError } from "./store-damaged-error.ts";

export type Verification =
  /** There is no store in the folder. */
  | { readonly kind: "empty" }
  /** A server has it open, so its files change while they are read. */
  | { readonly kind: "in-use"; readonly pid: number }
  | {
      readonly kind: "sound";
      readonly format: number;
      readonly storeId: string;
      readonly revision: Revision;
      readonly keys: number;
      readonly leases: number;
      /** Of the files that count. */
      readonly bytes: number;
      /** The end of an interrupted write, never acknowledged; the next start cuts it off. */
      readonly cut: CutTail | null;
    }
  | {
      readonly kind: "damaged";
      readonly file: string;
      readonly offset: number;
      /** What is wrong and what may be done, for people. */
      readonly message: string;
    };

/**
 * Reads a store's files as a start would, and changes nothing. For folders that no server has open. Throws where the
 * folder can't be read, or was written by another version.
 */
export async function verifyDirectory(directory: string, clock: Clock): Promise<Verification> {
  const pid = await directoryHolder(directory);
  if (pid !== null) return { kind: "in-use", pid };
  try {
    const found = await replayDirectory(
      directory,
      (state) => new StoreCore({ clock, ...(state === null ? {} : { state }) }),
    );
    if (found === null) return { kind: "empty" };
    const { core, storeId, snapshotBytes, logBytes, tail } = found;
    return {
      kind: "sound",
      format,
      storeId,
      revision: core.revision,
      keys: core.size,
      leases: core.leases().length,
      bytes: snapshotBytes + logBytes,
      cut: cutTail(tail),
    };
  } catch (error) {
    if (!(error instanceof StoreDamagedError)) throw error;
    return { kind: "damaged", file: error.file, offset: error.offset, message: error.message };
  }
}
