/**
 * The last look before a node is switched off, or shut out of its images. A leader's process, or the whole machine under
 * it, may have been stopped since that was begun, with its clock: a successor has waited for late commands by then, and
 * the node lives again.
 */
import type { Clock } from "../../model/clock.ts";
import type { NodeName } from "../../model/names.ts";
import { reason } from "../../model/reasons.ts";
import { type Store, StoreError } from "../../store/store.ts";
import type { ImageStore } from "./image-store.ts";
import type { WhyNot } from "./round.ts";
import { whyQuorum } from "./verdict.ts";

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

/**
 * Why the node is not to be switched off though that was decided: the term is over, or the store could not spare it by now.
 *
 * @param keepsQuorum whether the store would go on without it; null: not known
 */
export function whyNotCut(
  node: NodeName,
  mayCut: (signal: AbortSignal) => Promise<boolean>,
  keepsQuorum: () => boolean | null,
): WhyNot {
  return async (signal) => {
    const leads = await mayCut(signal);
    if (leads) return whyQuorum(node, keepsQuorum());
    return reason("fence-failed", { node, why: "its leader does not lead any more" });
  };
}

/** The same store; it shuts somebody out only where `may` says so right before. */
export function permitted(images: ImageStore, may: (signal: AbortSignal) => Promise<boolean>): ImageStore {
  return {
    clientsOf: (image, signal) => images.clientsOf(image, signal),
    shutOut: async (address, signal) => {
      if (!(await may(signal))) throw new Error("its leader does not lead any more");
      await images.shutOut(address, signal);
    },
    known: (signal) => images.known(signal),
    removeLock: (image, client, signal) => images.removeLock(image, client, signal),
  };
}
