import type { Clock } from "../../../reconciler/model/clock.ts";
import { type DomainRef, errorCodes, LibvirtError, LinkError } from "../../libvirt/index.ts";

/** It does not answer, because the guest's process hangs or something long is being done to it. */
export type Silent = "silent";

/**
 * Calls that libvirt answers no sooner than a guest's process does, without waiting for one that hangs. Whatever concerns
 * such a guest keeps one of libvirt's workers busy, of which there are not many: so from a guest that owes an answer
 * nothing more is asked, and nobody waits for it.
 */
export class GuestCalls {
  readonly #clock: Clock;
  /** By UUID: how many answers it owes. */
  readonly #owed = new Map<string, number>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws what libvirt, or the way to it, says instead */
  async ask<T>({ uuid }: DomainRef, patienceMs: number, call: () => Promise<T>): Promise<T | Silent> {
    if (this.#owed.has(uuid)) return "silent";
    return await new Promise((resolve, reject) => {
      let isOwed = false;
      const cancel = this.#clock.timer(patienceMs, () => {
        isOwed = true;
        this.#owe(uuid, 1);
        resolve("silent");
      });
      call()
        .catch(silentOr)
        .finally(() => {
          cancel();
          if (isOwed) this.#owe(uuid, -1);
        })
        .then(resolve, reject);
    });
  }

  #owe(uuid: string, change: number): void {
    const owed = (this.#owed.get(uuid) ?? 0) + change;
    if (owed > 0) this.#owed.set(uuid, owed);
    else this.#owed.delete(uuid);
  }
}

function silentOr(error: unknown): Silent {
  const isLate = error instanceof LinkError && error.code === "timeout";
  if (isLate || (error instanceof LibvirtError && error.code === errorCodes.operationTimeout))
    return "silent";
  throw error;
}
