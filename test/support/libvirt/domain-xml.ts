import type { GuestImage } from "./guest-image.ts";

export interface TestDomain {
  readonly name: string;
  readonly uuid: string;
  readonly memoryMiB?: number;
  readonly cpus?: number;
  /** Inside `<metadata>`. */
  readonly metadata?: string;
  /** Inside `<devices>`. */
  readonly devices?: string;
}

/** Least memory with which the guest boots. */
const smallestMiB = 80;

/** A domain that boots the guest in an emulated machine, and writes its console to a file of its own. */
export function domainXml(image: GuestImage, domain: TestDomain): string {
  const { name, uuid, memoryMiB = smallestMiB, cpus = 1, metadata = "", devices = "" } = domain;
  return `<domain type='qemu'>
  <name>${name}</name><uuid>${uuid}</uuid>
  <metadata>${metadata}</metadata>
  <memory unit='MiB'>${memoryMiB}</memory>
  <vcpu current='1'>${cpus}</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <kernel>${image.kernel}</kernel><initrd>${image.initrd}</initrd>
    <cmdline>console=ttyS0 panic=1 edd=off cryptomgr.notests quiet</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <controller type='usb' model='none'/>
    <serial type='file'><source path='/var/log/libvirt/console-${name}.log' append='on'/></serial>
    <memballoon model='virtio'/>
    ${devices}
  </devices>
</domain>`;
}
