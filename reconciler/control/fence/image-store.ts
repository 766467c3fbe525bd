/**
 * The port to a store of images that all nodes share, such as Ceph's RBD: what a recovery asks of it, so that nothing of
 * a dead node is written any more. It decides nothing.
 */

/** Somebody who has an image open. */
export interface ImageClient {
  /** As the store names the client itself: `10.0.0.11:0/1055510562`. One of another run has another one. */
  readonly address: string;
  /** The lock that it holds on the image; null: it only watches. */
  readonly lock: string | null;
}

/** Each call ends within a minute, and rejects where the store did not do it, or did not say so. */
export interface ImageStore {
  /** @param image `pool/name` */
  clientsOf(image: string, signal: AbortSignal): Promise<readonly ImageClient[]>;
  /** From now on, and with no end, nothing that this client sends is carried out. */
  shutOut(address: string, signal: AbortSignal): Promise<void>;
  /** Resolves once every part of the store knows of all that was shut out before. */
  known(signal: AbortSignal): Promise<void>;
  /** @param image `pool/name` */
  removeLock(image: string, client: ImageClient, signal: AbortSignal): Promise<void>;
}

const noWay = (): Promise<never> => Promise.reject(new Error("this reconciler has no way to its images"));

/** Of a process that reaches no store of images: what dead nodes have open there stays theirs. */
export const noImages: ImageStore = { clientsOf: noWay, shutOut: noWay, known: noWay, removeLock: noWay };
