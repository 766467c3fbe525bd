import type { Hardware } from "../../../reconciler/model/hardware.ts";
import { reason } from "../../../reconciler/model/reasons.ts";
import type { DiskSpec, DomainSpec, StepOf } from "../../../reconciler/model/step.ts";

export const gibibyte = 2 ** 30;

export function hardware(change: Partial<Hardware> = {}): Hardware {
  const memoryBytes = change.memoryBytes ?? gibibyte;
  return {
    memoryBytes,
    maxMemoryBytes: 2 * memoryBytes,
    cpus: 1,
    maxCpus: 2,
    disks: [],
    nics: [],
    ...change,
  };
}

export function domainSpec(
  vm: string,
  change: Partial<Hardware> = {},
  disks: readonly DiskSpec[] = [],
): DomainSpec {
  return {
    vm,
    domainName: vm,
    uuid: uuidOf(vm),
    hardware: hardware(change),
    disks,
    nics: [],
    xml: null,
  };
}

/** The same for each test that asks. */
export function uuidOf(vm: string): string {
  const digits = Buffer.from(vm).toString("hex").slice(-12).padStart(12, "0");
  return `6b1f0f4a-3c1d-4f0e-9d55-${digits}`;
}

export function volume(name: string, create: boolean): DiskSpec {
  const pool = { name: "vms", type: "rbd", path: null } as const;
  return { source: "volume", name, pool, volume: name, sizeBytes: gibibyte, create };
}

const because = reason("first-start");

function base(vm: string, node: string, epoch: number, kind: string) {
  return { id: `${vm}-${kind}-${epoch}`, vm, node, epoch, reason: because };
}

export function startStep(vm: string, node: string, epoch: number, spec = domainSpec(vm)): StepOf<"start"> {
  return { ...base(vm, node, epoch, "start"), kind: "start", spec };
}

export function stopStep(
  vm: string,
  node: string,
  epoch: number,
  change: Partial<Pick<StepOf<"stop">, "method" | "timeoutMs" | "then" | "copy" | "domain">> = {},
): StepOf<"stop"> {
  const rest = {
    method: "graceful",
    timeoutMs: 180_000,
    then: "poweroff",
    displaced: null,
    ...change,
  } as const;
  return { ...base(vm, node, epoch, "stop"), kind: "stop", ...rest };
}

export function restartStep(vm: string, node: string, epoch: number, timeoutMs = 60_000): StepOf<"restart"> {
  return { ...base(vm, node, epoch, "restart"), kind: "restart", spec: domainSpec(vm), timeoutMs };
}

export function migrateStep(vm: string, node: string, to: string, epoch: number): StepOf<"migrate"> {
  const rest = { to, toEpoch: epoch + 1, spec: domainSpec(vm), maxDowntimeMs: 300 };
  return { ...base(vm, node, epoch, "migrate"), kind: "migrate", ...rest };
}

export function updateStep(
  vm: string,
  node: string,
  epoch: number,
  wanted: Hardware,
  fields: StepOf<"update">["fields"],
): StepOf<"update"> {
  return { ...base(vm, node, epoch, "update"), kind: "update", hardware: wanted, fields };
}

export function destroyStep(
  vm: string,
  node: string,
  epoch: number,
  disks: readonly DiskSpec[],
): StepOf<"destroy"> {
  return { ...base(vm, node, epoch, "destroy"), kind: "destroy", disks };
}

export function adoptStep(vm: string, node: string, epoch: number, spec = domainSpec(vm)): StepOf<"adopt"> {
  return { ...base(vm, node, epoch, "adopt"), kind: "adopt", spec };
}

export function renameStep(from: string, vm: string, node: string, epoch: number): StepOf<"rename"> {
  return { ...base(vm, node, epoch, "rename"), kind: "rename", from };
}
