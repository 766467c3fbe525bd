/**
 * A store of images that all nodes share. Who opens one locks it, and is gone from it when the guest ends; but the client
 * of a machine that lost its power is still listed, and would have its writes carried out, until another one opens the
 * image: that breaks the lock of a client that is no more.
 */
import type { GuestEvent } from "../agent/hypervisor/simulated/guest-event.ts";
import type { ImageClient, ImageStore } from "../reconciler/control/fence/image-store.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";

const answerMs = 10;

export class SimulatedImages {
  /** By image, the addresses of those who lock it. */
  readonly #locks = new Map<string, Set<string>>();
  /** By node and guest; also what was taken from it while it ran. */
  readonly #opened = new Map<string, Set<string>>();
  readonly #boots = new Map<NodeName, number>();
  readonly #shutOut = new Set<string>();
  readonly #known = new Set<string>();

  heed(event: GuestEvent): void {
    const guest = `${event.node} ${event.uuid}`;
    const isPower = event.kind === "stop" && event.method === "power";
    if (isPower) {
      this.#boots.set(event.node, event.at);
      this.#opened.delete(guest);
      return;
    }
    const isLeft = event.kind === "migrate-end" && event.result === "ok";
    const isOver = event.kind === "stop" || event.kind === "discard" || isLeft;
    if (!isOver && event.kind !== "start" && event.kind !== "resume") return;
    const images = new Set([...(this.#opened.get(guest) ?? []), ...event.volumes]);
    if (isOver) this.#opened.delete(guest);
    else this.#opened.set(guest, images);
    for (const image of images) {
      const lockers = this.#locks.get(image) ?? new Set();
      this.#locks.set(image, lockers);
      if (isOver) lockers.delete(this.#addressOf(event.node));
      else this.#open(lockers, event.node);
    }
  }

  /** As one process sees it. */
  for(clock: Clock): ImageStore {
    const answer = (signal: AbortSignal) => clock.sleep(answerMs, signal);
    return {
      clientsOf: async (image, signal) => {
        await answer(signal);
        return [...(this.#locks.get(image) ?? [])].map((address): ImageClient => ({ address, lock: "auto" }));
      },
      shutOut: async (address, signal) => {
        await answer(signal);
        this.#shutOut.add(address);
      },
      known: async (signal) => {
        await answer(signal);
        for (const address of this.#shutOut) this.#known.add(address);
      },
      removeLock: async (image, { address }, signal) => {
        await answer(signal);
        if (!this.#known.has(address)) throw new Error(`${address} may still write to ${image}`);
        this.#locks.get(image)?.delete(address);
      },
    };
  }

  #open(lockers: Set<string>, node: NodeName): void {
    for (const address of lockers) {
      const owner = address.slice(0, address.indexOf(":"));
      if (address !== this.#addressOf(owner)) lockers.delete(address);
    }
    lockers.add(this.#addressOf(node));
  }

  /** Another one after each loss of power. */
  #addressOf(node: NodeName): string {
    return `${node}:0/${this.#boots.get(node) ?? 0}`;
  }
}
