import type { Vm } from "../../model/desired.ts";
import type { Finding } from "../issues/finding.ts";
import { rootDisk } from "../schema/defaults.ts";
import type { ProfileDocument, VmDocument } from "../schema/documents.ts";
import type { SourceDocument } from "../source-document.ts";
import { checkAgainstXml } from "./check-domain-xml.ts";
import type { VmFields } from "./merge-vm.ts";
import { originOf } from "./origin.ts";
import type { PlacedFinding } from "./placed-finding.ts";

/**
 * What is wrong with one VM, whatever else there is. `layers`: its profiles, then itself; `fields`: all of them merged.
 * Each problem is placed in the layer that said what must change.
 */
export function checkVm(
  layers: readonly SourceDocument<ProfileDocument | VmDocument>[],
  source: SourceDocument<VmDocument>,
  fields: VmFields,
  vm: Vm,
): readonly PlacedFinding[] {
  const findings = [...checkMemory(fields), ...checkPlaces(vm), ...checkDisks(fields), ...checkNics(fields)];
  const own = [...checkDevices(source.document), ...checkAgainstXml(vm, isSet(fields.cpus))];
  return [
    ...findings.map((finding) => originOf(layers, finding)),
    ...own.map((finding) => ({ source, finding })),
  ];
}

/** What is wrong with the lists of one document, a VM's or a Profile's, as it was written. */
export function checkDevices(document: ProfileDocument | VmDocument): readonly Finding[] {
  const implied = typeof document.disk === "string" ? [rootDisk] : [];
  return [
    ...checkTwice("disks", document.disks ?? [], implied),
    ...checkTwice("nics", document.nics ?? [], []),
  ];
}

function checkTwice(
  field: string,
  entries: readonly { readonly name: string }[],
  taken: readonly string[],
): Finding[] {
  const seen = new Set(taken);
  return entries.flatMap(({ name }, index) => {
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = taken.includes(name)
      ? `disk: and disks: both define the disk ${name}`
      : `${field} has ${name} twice`;
    const path = [field, String(index), "name"];
    return [
      { code: "vm.device-twice", path, at: "value", message, advice: "give it another name, or remove one" },
    ];
  });
}

function checkMemory(fields: VmFields): Finding[] {
  if (fields.memory !== undefined && fields.memory !== null) return [];
  const message = "neither this VM nor a profile of it says how much memory it has";
  return [{ code: "vm.memory-missing", path: [], at: "start", message, advice: "add memory: 2GiB" }];
}

function checkPlaces(vm: Vm): Finding[] {
  const { limits } = vm;
  if (limits === null) return [];
  return (["node", "migrate"] as const).flatMap((field) => {
    const node = vm[field];
    if (node === null || limits.includes(node)) return [];
    const message = `${field} is ${node}, but limits allow only ${limits.join(", ")}`;
    const advice = `add ${node} to the limits, or ${field === "node" ? "name one of them" : "migrate to one of them"}`;
    return [{ code: "vm.outside-limits", path: [field], at: "value", message, advice }];
  });
}

function checkDisks(fields: VmFields): Finding[] {
  return (fields.disks ?? []).flatMap((disk): Finding[] => {
    const path = ["disks", `[${disk.name}]`];
    const isFile = isSet(disk.file);
    if (isFile && (isSet(disk.volume) || isSet(disk.size))) {
      const message = `the disk ${disk.name} is a file, which has no ${isSet(disk.volume) ? "volume" : "size"} here`;
      return [
        {
          code: "vm.disk-source",
          path,
          at: "start",
          message,
          advice: "keep either file, or volume and size",
        },
      ];
    }
    if (isFile || isSet(disk.volume) || isSet(disk.size)) return [];
    const message = `the disk ${disk.name} has no size`;
    return [{ code: "vm.disk-size", path, at: "start", message, advice: "add size: 20GiB" }];
  });
}

function checkNics(fields: VmFields): Finding[] {
  return (fields.nics ?? []).flatMap((nic) => {
    if (isSet(nic.network)) return [];
    const message = `the network card ${nic.name} has no network`;
    const path = ["nics", `[${nic.name}]`];
    return [{ code: "vm.nic-network", path, at: "start", message, advice: "add network: servers" }];
  });
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}
