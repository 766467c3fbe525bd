/** A small cluster that is applied, for verbs that edit its files. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Placement } from "../../reconciler/model/placement.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import { Bench } from "./bench.ts";
import { writeSmallCluster } from "./documents.ts";

export async function appliedBench(more: Readonly<Record<string, string>> = {}): Promise<Bench> {
  const bench = await Bench.open();
  await writeSmallCluster(bench);
  for (const [file, text] of Object.entries(more)) await bench.write(file, text);
  await bench.keel("apply -y");
  return bench;
}

export function fileOf(bench: Bench, file: string): Promise<string> {
  return readFile(join(bench.folder, "cluster.d", file), "utf8");
}

export function vmOf(bench: Bench, name: string): Vm | undefined {
  return bench.cluster.feed.state.desired.vms.get(name);
}

export function placementOf(bench: Bench, name: string): Placement | undefined {
  return bench.cluster.feed.state.placements.get(name)?.placement;
}

/** The run of a VM, `2@boot`; null where it is off. */
export function runOf(bench: Bench, name: string): string | null {
  for (const { domains } of bench.cluster.feed.state.nodes.observed.values()) {
    const domain = domains.get(name);
    if (domain !== undefined && domain.state !== "off") return domain.domainId;
  }
  return null;
}
