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
    object: (digest: string) => `${root}desired/object/${digest}`,
    placement: (vm: VmName) => `${root}placement/${vm}`,
    identity: (vm: VmName) => `${root}identity/${vm}`,
    tries: (vm: VmName) => `${root}tries/${vm}`,
    volume: (pool: string, name: string) => `${root}volume/${pool}/${name}`,
    node: (node: NodeName) => `${root}node/${node}/`,
    alive: (node: NodeName) => `${root}node/${node}/alive`,
    agent: (node: NodeName) => `${root}node/${node}/agent`,
    status: (node: NodeName) => `${root}node/${node}/status`,
    domain: (node: NodeName, vm: VmName) => `${root}node/${node}/vm/${vm}`,
    domains: (node: NodeName) => `${root}node/${node}/vm/`,
    step: (node: NodeName, id: string) => `${root}step/${node}/${id}`,
    steps: (node: NodeName) => `${root}step/${node}/`,
    progress: (node: NodeName, id: string) => `${root}progress/${node}/${id}`,
    request: (id: string) => `${root}request/${id}`,
    event: (writer: string, id: string) => `${root}event/${writer}/${id}`,
    source: (id: string) => `${root}source/${id}`,
    /** Which restore the store is of, and whether it is frozen: `StoreRecord`. */
    store: `${root}store`,
    /** Written by each collection of old objects; an apply compares it, so that the two exclude each other. */
    collection: `${root}desired/collection`,
    planUsed: (id: string) => `${root}plan-used/${id}`,
  } as const;
}

export type ClusterKeys = ReturnType<typeof clusterKeys>;
