/**
 * Takes the images of a dead node's VMs from it, in this order: every client of it is shut out, all parts of the store
 * know, its locks are removed. A lock that was removed first would let in what the node had still on its way, over what
 * the next owner has written.
 */
import type { VmName } from "../../model/names.ts";
import { severalAtOnce } from "../batches.ts";
import type { ImageClient, ImageStore } from "./image-store.ts";
import { messageOf } from "../../model/thrown.ts";

export interface HeldImages {
  /** As `pool/name`. */
  readonly names: readonly string[];
  /** It is not the dead node's any more, or lives on another one: a lock of another client is that one's affair. */
  readonly mayBeOthers: boolean;
}

interface Opened {
  readonly image: string;
  readonly client: ImageClient;
}

/** Why the images of a VM are still held; null: they are free. */
export type Release = ReadonlyMap<VmName, string | null>;

/**
 * Whatever one VM's images say, the others go on. It is told of all at once: who is free competes for room with the others,
 * by priority.
 *
 * @param addresses where the dead node is in the network
 */
export async function releaseImages(
  store: ImageStore,
  addresses: ReadonlySet<string>,
  images: ReadonlyMap<VmName, HeldImages>,
  signal: AbortSignal,
): Promise<Release> {
  const known = shared(() => store.known(signal));
  const outcomes = await severalAtOnce([...images], async ([vm, held]) => {
    const why = await failureOf(free(store, known, addresses, held, signal));
    signal.throwIfAborted();
    return [vm, why] as const;
  });
  return new Map(outcomes);
}

async function free(
  store: ImageStore,
  known: () => Promise<void>,
  addresses: ReadonlySet<string>,
  held: HeldImages,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const opened = await openedBy(store, addresses, held, signal);
  if (opened.length === 0) return;
  for (const address of new Set(opened.map(({ client }) => client.address))) {
    await store.shutOut(address, signal);
  }
  await known();
  for (const { image, client } of opened) {
    if (client.lock !== null) await store.removeLock(image, client, signal);
  }
}

/** One question for all who wait when it is asked; one that was asked before says nothing of what came after it. */
function shared(ask: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;
  return () => {
    waiting ??= last = last
      .catch(() => undefined)
      .then(() => {
        waiting = null;
        return ask();
      });
    return waiting;
  };
}

/** What the dead node has open of them. @throws Error where somebody else holds a lock */
async function openedBy(
  store: ImageStore,
  addresses: ReadonlySet<string>,
  { names, mayBeOthers }: HeldImages,
  signal: AbortSignal,
): Promise<readonly Opened[]> {
  const opened: Opened[] = [];
  for (const image of names) {
    for (const client of await store.clientsOf(image, signal)) {
      if (addresses.has(hostOf(client.address))) opened.push({ image, client });
      else if (client.lock !== null && !mayBeOthers)
        throw new Error(`${image} is locked by ${client.address}`);
    }
  }
  return opened;
}

/** `10.0.0.11:0/1055510562`, `[fd00::11]:0/1055510562`. */
function hostOf(address: string): string {
  return /^\[(?<v6>[^\]]+)\]/u.exec(address)?.groups?.["v6"] ?? address.replace(/:.*$/u, "");
}

/** In words; null: it was done. */
async function failureOf(doing: Promise<void>): Promise<string | null> {
  try {
    await doing;
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
