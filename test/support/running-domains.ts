import type { ClusterState } from "../../reconciler/control/cluster-state.ts";

/** `web1` → `3@boot`: the run of each VM that runs on a node that lives. */
export function runningDomains(state: ClusterState): ReadonlyMap<string, string> {
  return new Map([...running(state)].map(({ domain }) => [domain.vm, domain.domainId]));
}

/** The node on which the VM runs, if one that lives says so. */
export function nodeOf(state: ClusterState, vm: string): string | null {
  return [...running(state)].find(({ domain }) => domain.vm === vm)?.node ?? null;
}

/** What a node said before its last life is nothing that runs now. */
function* running({ nodes }: ClusterState) {
  for (const { name, alive, domains } of nodes.observed.values()) {
    for (const domain of domains.values()) {
      if (domain.state === "running" && domain.session.lease === alive?.lease) yield { node: name, domain };
    }
  }
}
