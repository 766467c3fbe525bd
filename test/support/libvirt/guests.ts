import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { DiskSpec, DomainSpec } from "../../../reconciler/model/step.ts";
import { untilSeen } from "../until-seen.ts";
import type { GuestImage } from "./guest-image.ts";
import type { LibvirtNode } from "./libvirt-node.ts";

/** Test guests, as one who sits at their consoles sees them. */
export class TestGuests {
  readonly #image: GuestImage;
  /** Each has consoles of its own: those of another test's guest of the same name are none of its business. */
  readonly #run = randomUUID().slice(0, 8);

  constructor(image: GuestImage) {
    this.#image = image;
  }

  readonly consoleLog = (vm: string): string => `/var/log/libvirt/console-${this.#run}-${vm}.log`;

  /** For `domain.xml`: the test guest. */
  xmlOf(vm: string): string {
    return escapeHatch(vm, this.#image, this.consoleLog(vm));
  }

  /** A spec whose domain boots the test guest. */
  dressed(spec: DomainSpec): DomainSpec {
    return { ...spec, xml: this.xmlOf(spec.vm), disks: spec.disks.map(inFolder) };
  }

  /** It runs there, and has booted, perhaps elsewhere: it hears its power button. */
  async up(node: LibvirtNode, vm: string): Promise<void> {
    await untilSeen(
      `${vm} is up on ${node.name}`,
      async () => (await this.console(node, vm)).includes("GUEST-ALIVE"),
      async () => `its console: ${(await this.console(node, vm)).slice(-2_000)}`,
    );
  }

  async console(node: LibvirtNode, vm: string): Promise<string> {
    const name = this.consoleLog(vm).replace("/var/log/libvirt/", "");
    return await readFile(join(node.folder, "log", name), "utf8").catch(() => "");
  }

  /** Types a word at its console, off, deaf, disk or panic, and stays at it until the guest has heard it. */
  async tell(node: LibvirtNode, vm: string, word: "off" | "deaf" | "disk" | "panic"): Promise<void> {
    await this.up(node, vm);
    const pty = /<source path='(?<path>\/dev\/pts\/\d+)'/u.exec(await node.virsh("dumpxml", vm))?.groups?.[
      "path"
    ];
    if (pty === undefined) throw new Error(`${vm} has no console`);
    await node.exec("timeout", "60", "sh", "-c", typing, "sh", word, pty, this.consoleLog(vm));
  }

  /** Its process, as a crash would. */
  async kill(node: LibvirtNode, vm: string): Promise<void> {
    for (const pid of await node.pidsOf(`guest=${vm},`)) process.kill(pid, "SIGKILL");
  }
}

/** QEMU looks now and then whether somebody is at the console, and reads nothing of one who has left. */
const typing = `word=$1 pty=$2 log=$3
heard() { grep -c "GUEST-HEARD $word" "$log"; }
before=$(heard)
{ echo "$word"; until [ "$(heard)" -gt "$before" ]; do sleep 0.1; done; } >"$pty"`;

/** The same disk as a file: there is no Ceph here. */
export function inFolder(disk: DiskSpec): DiskSpec {
  return disk.source === "file" ? disk : { ...disk, pool: { ...disk.pool, type: "dir" } };
}

function escapeHatch(vm: string, { kernel, initrd }: GuestImage, log: string): string {
  return `<domain type='qemu'>
  <name>${vm}</name>
  <vcpu>2</vcpu>
  <os>
    <type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>
    <kernel>${kernel}</kernel><initrd>${initrd}</initrd>
    <cmdline>console=ttyS0 panic=-1 edd=off cryptomgr.notests quiet</cmdline>
  </os>
  <features><acpi/></features>
  <cpu mode='custom' match='exact' check='none'><model fallback='forbid'>qemu64</model></cpu>
  <devices>
    <controller type='usb' model='none'/>
    <serial type='pty'><log file='${log}' append='on'/></serial>
    <memballoon model='virtio'/>
  </devices>
</domain>`;
}
