/**
 * The last look before a node is switched off. A leader's process, or the whole machine under it, may have been stopped
 * since its round began, with its clock: a successor has waited for late commands by then, and the node lives again.
 */
import type { Clock } from "../../model/clock.ts";
import { type Store, StoreError } from "../../store/store.ts";
import type { FenceDevice } from "./fence-device.ts";

/**
 * An answer is of the moment: with the time that a command may take it is no longer than a successor waits. It does not
 * protect from being stopped between this answer and the command; nothing can that is not the device itself.
 */
const goodForMs = 1_000;
const retryMs = 500;

export interface Term {
  readonly store: Pick<Store, "get">;
  readonly clock: Clock;
  readonly leaderKey: string;
  /** The create revision of the leader's key. */
  readonly term: number;
}

/** Whether that term still lasts, by the store. Waits for its answer; rejects only when aborted. */
export async function lasts({ store, clock, leaderKey, term }: Term, signal: AbortSignal): Promise<boolean> {
  for (;;) {
    signal.throwIfAborted();
    const askedAt = clock.monotonic();
    try {
      const held = await store.get(leaderKey);
      if (clock.monotonic() - askedAt <= goodForMs) return held?.createRevision === term;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await clock.sleep(retryMs, signal);
    }
  }
}

/** The same device; its node is switched off only where `may` says so right before. */
export function permitted(device: FenceDevice, may: (signal: AbortSignal) => Promise<boolean>): FenceDevice {
  return {
    name: device.name,
    read: (signal) => device.read(signal),
    uuid: (signal) => device.uuid(signal),
    command: async (power, signal) => {
      if (power === "off" && !(await may(signal)))
        return "its leader does not lead any more, or the store could not spare it";
      return device.command(power, signal);
    },
  };
}
