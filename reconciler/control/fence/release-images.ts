/**
 * Takes the images of a dead node's VMs from it, in this order: every client of it is shut out, all parts of the store
 * know, its locks are removed. A lock that was removed first would let in what the node had still on its way, over what
 * the next owner has written.
 */
import type { VmName } from "../../model/names.ts";
import type { ImageClient, ImageStore } from "./image-store.ts";

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
 * Whatever one VM's images say, the others go on.
 *
 * @param addresses where the dead node is in the network
 */
export async function releaseImages(
  store: ImageStore,
  addresses: ReadonlySet<string>,
  images: ReadonlyMap<VmName, HeldImages>,
  signal: AbortSignal,
): Promise<Release> {
  const outcome = new Map<VmName, string | null>();
  const opened = new Map<VmName, readonly Opened[]>();
  const perVm = async <T>(vms: Iterable<[VmName, T]>, act: (what: T, vm: VmName) => Promise<void>) => {
    for (const [vm, what] of vms) {
      signal.throwIfAborted();
      await act(what, vm).catch((error: unknown) => outcome.set(vm, wordsOf(error)));
    }
  };
  await perVm(images, async (held, vm) => {
    opened.set(vm, await openedBy(store, addresses, held, signal));
  });
  await perVm(opened, async (all) => {
    for (const address of new Set(all.map(({ client }) => client.address))) {
      await store.shutOut(address, signal);
    }
  });
  const shutOut = [...opened].filter(([vm]) => !outcome.has(vm));
  const whyNotKnown = shutOut.some(([, all]) => all.length > 0) ? await failureOf(store.known(signal)) : null;
  await perVm(shutOut, async (all, vm) => {
    if (whyNotKnown !== null && all.length > 0) throw whyNotKnown;
    for (const { image, client } of all) {
      if (client.lock !== null) await store.removeLock(image, client, signal);
    }
    outcome.set(vm, null);
  });
  signal.throwIfAborted();
  return outcome;
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

async function failureOf(doing: Promise<void>): Promise<Error | null> {
  try {
    await doing;
    return null;
  } catch (error) {
    return new Error(wordsOf(error));
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
