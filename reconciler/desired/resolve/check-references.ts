import type { Vm } from "../../model/desired.ts";
import type { Finding } from "../issues/finding.ts";
import type { Definitions } from "./definitions.ts";

/** The nodes, networks and pools that a VM names and nobody defines. Paths are those of the merged VM. */
export function checkReferences(vm: Vm, defined: Definitions): readonly Finding[] {
  const findings: Finding[] = [];
  const checkNode = (name: string | null, path: readonly string[]) => {
    if (name !== null && !defined.has("Node", name)) findings.push(defined.dangling("Node", name, path));
  };
  checkNode(vm.node, ["node"]);
  checkNode(vm.migrate, ["migrate"]);
  vm.limits?.forEach((name, index) => {
    checkNode(name, ["limits", String(index)]);
  });
  for (const nic of vm.nics) {
    if (nic.network === "" || defined.has("Network", nic.network)) continue;
    findings.push(defined.dangling("Network", nic.network, ["nics", `[${nic.name}]`, "network"]));
  }
  for (const disk of vm.disks) {
    if (disk.source === "file" || defined.has("StoragePool", disk.pool)) continue;
    findings.push(defined.dangling("StoragePool", disk.pool, ["disks", `[${disk.name}]`, "volume"]));
  }
  return findings;
}
