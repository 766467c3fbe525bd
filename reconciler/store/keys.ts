/** Where each record lives. One writer per key; the table is in `docs/architecture.md`. */
import type { NodeName, VmName } from "../model/names.ts";

/** The keys of one cluster. All start with `root`. */
export function clusterKeys(cluster: string) {
  const root = `/evenkeel/${cluster}/`;
  return {
    root,
    leader: `${root}leader`,
    head: `${root}desired/head`,
    history: (generation: number) => `${root}history/${String(generation)}`,
    histories: `${root}history/`,
    object: (digest: string) => `${root}desired/object/${digest}`,
    objects: `${root}desired/object/`,
    placement: (vm: VmName) => `${root}placement/${vm}`,
    identity: (vm: VmName) => `${root}identity/${vm}`,
    identities: `${root}identity/`,
    tries: (vm: VmName) => `${root}tries/${vm}`,
    volume: (pool: string, name: string) => `${root}volume/${pool}/${name}`,
    node: (node: NodeName) => `${root}node/${node}/`,
    alive: (node: NodeName) => `${root}node/${node}/alive`,
    /** Who lived there last; outlasts `alive`. */
    seen: (node: NodeName) => `${root}node/${node}/seen`,
    agent: (node: NodeName) => `${root}node/${node}/agent`,
    status: (node: NodeName) => `${root}node/${node}/status`,
    domain: (node: NodeName, vm: VmName) => `${root}node/${node}/vm/${vm}`,
    domains: (node: NodeName) => `${root}node/${node}/vm/`,
    step: (node: NodeName, id: string) => `${root}step/${node}/${id}`,
    steps: (node: NodeName) => `${root}step/${node}/`,
    progress: (node: NodeName, id: string) => `${root}progress/${node}/${id}`,
    /** What maintenance is in force. */
    maintenance: `${root}maintenance`,
    fence: (node: NodeName) => `${root}fence/${node}`,
    /** That its power devices switch this node: found out by the leader, and by `keel fence test --bind`. */
    bound: (node: NodeName) => `${root}bound/${node}`,
    boundByHand: (node: NodeName) => `${root}bound-by-hand/${node}`,
    /** What of its document it was last alive with: `LastFields`. */
    lastFields: (node: NodeName) => `${root}last-fields/${node}`,
    /** How long heartbeats may be silent: `LeaseRecord`. */
    lease: `${root}lease`,
    request: (id: string) => `${root}request/${id}`,
    event: (writer: string, id: string) => `${root}event/${writer}/${id}`,
    /** Of the one folder that is watched: whoever watches holds it. */
    source: `${root}source/folder`,
    /** Which restore the store is of, and whether it is frozen: `StoreRecord`. */
    store: `${root}store`,
    /** Written by each collection of old objects; an apply compares it, so that the two exclude each other. */
    collection: `${root}desired/collection`,
    /** What the leader last did for the store's size: `HousekeepingRecord`. */
    housekeeping: `${root}housekeeping`,
    /** How long the leader's rounds take: `RoundsRecord`. */
    rounds: `${root}rounds`,
    /** A backup is being put back: which one. Gone once all of it is there. */
    restoring: `${root}restoring`,
    planUsed: (id: string) => `${root}plan-used/${id}`,
    /** Who may ask the API over the network: a digest, no secret. */
    token: (name: string) => `${root}token/${name}`,
  } as const;
}

export type ClusterKeys = ReturnType<typeof clusterKeys>;
