import type { SourcePosition, StoragePool } from "../../reconciler/model/desired.ts";
import { byName, objectId, type VmName } from "../../reconciler/model/names.ts";
import { list, source, text, titled, yesOrNo } from "./cells.ts";
import { listing, type View } from "./listing.ts";

export interface PoolReport extends StoragePool {
  readonly kind: "StoragePool";
  /** VMs with a disk in it, by name. */
  readonly vms: readonly VmName[];
  /** null: the pool `default`, where nobody defines it. */
  readonly source: SourcePosition | null;
}

export const pools = listing<PoolReport>({
  word: "pool",
  plural: "pools",
  noun: "storage pool",
  rows: reportPools,
  columns: () => [
    { title: "NAME", cell: (pool) => titled(pool.name) },
    { title: "TYPE", cell: (pool) => text(pool.type) },
    { title: "SHARED", cell: (pool) => yesOrNo(pool.shared) },
    { title: "PATH", cell: (pool) => text(pool.path) },
    { title: "VMS", align: "right", cell: (pool) => text(pool.vms.length) },
    { title: "USED-BY", wide: true, cell: (pool) => list(pool.vms) },
    { title: "SOURCE", wide: true, cell: (pool) => source(pool.source) },
  ],
});

function reportPools({ state: { desired } }: View): readonly PoolReport[] {
  const vms = [...desired.vms.values()].sort((a, b) => byName(a.name, b.name));
  return [...desired.pools.values()]
    .sort((a, b) => byName(a.name, b.name))
    .map((pool) => ({
      kind: "StoragePool",
      ...pool,
      vms: vms
        .filter((vm) => vm.disks.some((disk) => disk.source === "volume" && disk.pool === pool.name))
        .map((vm) => vm.name),
      source: desired.sources.get(objectId("StoragePool", pool.name)) ?? null,
    }));
}
