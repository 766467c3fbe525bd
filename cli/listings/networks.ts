import type { Network, SourcePosition } from "../../reconciler/model/desired.ts";
import { byName, objectId, type VmName } from "../../reconciler/model/names.ts";
import { list, source, text, titled } from "./cells.ts";
import { listing, type View } from "./listing.ts";

export interface NetworkReport extends Network {
  readonly kind: "Network";
  /** VMs with a network card in it, by name. */
  readonly vms: readonly VmName[];
  readonly source: SourcePosition | null;
}

export const networks = listing<NetworkReport>({
  word: "network",
  plural: "networks",
  noun: "network",
  rows: reportNetworks,
  columns: () => [
    { title: "NAME", cell: (network) => titled(network.name) },
    { title: "TYPE", cell: (network) => text(network.type) },
    { title: "BRIDGE", cell: (network) => text(network.bridge) },
    { title: "VLAN", align: "right", cell: (network) => text(network.vlan) },
    { title: "VMS", align: "right", cell: (network) => text(network.vms.length) },
    { title: "USED-BY", wide: true, cell: (network) => list(network.vms) },
    { title: "SOURCE", wide: true, cell: (network) => source(network.source) },
  ],
});

function reportNetworks({ state: { desired } }: View): readonly NetworkReport[] {
  const vms = [...desired.vms.values()].sort((a, b) => byName(a.name, b.name));
  return [...desired.networks.values()]
    .sort((a, b) => byName(a.name, b.name))
    .map((network) => ({
      kind: "Network",
      ...network,
      vms: vms.filter((vm) => vm.nics.some((nic) => nic.network === network.name)).map((vm) => vm.name),
      source: desired.sources.get(objectId("Network", network.name)) ?? null,
    }));
}
