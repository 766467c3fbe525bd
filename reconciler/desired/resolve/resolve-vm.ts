import type { Disk, Nic, Vm } from "../../model/desired.ts";
import { parseDuration } from "../durations.ts";
import { defaultPool, vmDefaults } from "../schema/defaults.ts";
import type { VmDocument } from "../schema/documents.ts";
import { parseSize } from "../sizes.ts";
import { exact } from "./exact.ts";
import type { VmFields } from "./merge-vm.ts";

/**
 * The VM as the planner reads it; `fields` are its own, merged with its profiles'. What the document is lacking (`checkVm` finds it) is filled with something harmless;
 * such a VM is never shown to anyone.
 */
export function resolveVm(document: VmDocument, fields: VmFields): Vm {
  const { migration, shutdown, restart } = vmDefaults;
  return {
    name: document.name,
    renamedFrom: document.renamedFrom ?? null,
    state: fields.state ?? vmDefaults.state,
    node: fields.node ?? null,
    migrate: document.migrate ?? null,
    limits: fields.limits ?? null,
    selector: fields.selector ?? null,
    apart: fields.apart ?? [],
    autorestart: fields.autorestart ?? vmDefaults.autorestart,
    migration: {
      method: fields.migration?.method ?? migration.method,
      maxDowntimeMs: ms(fields.migration?.maxDowntime ?? migration.maxDowntime),
    },
    shutdown: {
      timeoutMs: ms(fields.shutdown?.timeout ?? shutdown.timeout),
      then: fields.shutdown?.then ?? shutdown.then,
    },
    restart: {
      policy: fields.restart?.policy ?? restart.policy,
      max: fields.restart?.max ?? restart.max,
      windowMs: ms(fields.restart?.window ?? restart.window),
      backoffMs: ms(fields.restart?.backoff ?? restart.backoff),
    },
    priority: fields.priority ?? vmDefaults.priority,
    cpus: fields.cpus ?? vmDefaults.cpus,
    memoryBytes: fields.memory === undefined || fields.memory === null ? 0 : bytes(fields.memory),
    // A rename keeps the volumes, also those that were named after the VM.
    disks: (fields.disks ?? []).map((disk) => resolveDisk(document.renamedFrom ?? document.name, disk)),
    nics: (fields.nics ?? []).map(resolveNic),
    tags: fields.tags ?? [],
    protect: fields.protect ?? vmDefaults.protect,
    domain: { xml: document.domain?.xml ?? null, name: document.domain?.name ?? null },
  };
}

function resolveDisk(namedAfter: string, disk: NonNullable<VmFields["disks"]>[number]): Disk {
  const { name } = disk;
  const shared = disk.shared ?? false;
  if (disk.file !== undefined && disk.file !== null) return { name, shared, source: "file", path: disk.file };
  const volumePath = disk.volume ?? `${defaultPool}/${namedAfter}-${name}`;
  const slash = volumePath.indexOf("/");
  return {
    name,
    shared,
    source: "volume",
    pool: volumePath.slice(0, slash),
    volume: volumePath.slice(slash + 1),
    implied: disk.volume === undefined || disk.volume === null,
    sizeBytes: disk.size === undefined || disk.size === null ? null : bytes(disk.size),
  };
}

function resolveNic(nic: NonNullable<VmFields["nics"]>[number]): Nic {
  return { name: nic.name, network: nic.network ?? "", mac: nic.mac?.toLowerCase() ?? null };
}

function ms(written: string): number {
  return exact(parseDuration(written));
}

function bytes(written: string): number {
  return exact(parseSize(written));
}
