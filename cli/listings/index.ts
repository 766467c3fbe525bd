/** Everything that `keel get` lists, in the order of its help. */
import { unknownKind } from "../output/object-names.ts";
import { events } from "./events.ts";
import type { Listing } from "./listing.ts";
import { networks } from "./networks.ts";
import { nodes } from "./nodes.ts";
import { pools } from "./pools.ts";
import { profiles } from "./profiles.ts";
import { requests } from "./requests.ts";
import { steps } from "./steps.ts";
import { vms } from "./vms.ts";

export const listings: readonly Listing[] = [vms, nodes, networks, pools, profiles, steps, requests, events];

/** What `keel get all` lists: the objects, without what is happening to them. */
export const objectListings: readonly Listing[] = [nodes, vms, networks, pools, profiles];

/** @throws KeelError `usage` where no listing has this name, singular or plural */
export function listingNamed(word: string): Listing {
  const wanted = word.toLowerCase();
  const aliases: Readonly<Record<string, string>> = { storagepool: "pool", storagepools: "pool" };
  const found = listings.find(({ word: one, plural }) => [one, plural].includes(aliases[wanted] ?? wanted));
  if (found === undefined) throw unknownKind(word, [...listings.map(({ plural }) => plural), "all"]);
  return found;
}
