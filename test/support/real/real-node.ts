import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IpmiSimulator } from "../fence/ipmi-simulator.ts";
import { KeelProcess } from "../keel-process.ts";
import type { LibvirtNode } from "../libvirt/libvirt-node.ts";
import { PowerDevice } from "./power-device.ts";

/** A node as an administrator sets it up: libvirt's daemon, a heartbeat and an agent. */
export class RealNode {
  readonly machine: LibvirtNode;
  readonly heartbeat: KeelProcess;
  readonly agent: KeelProcess;
  /** As its mainboard tells it. */
  readonly systemUuid = randomUUID();
  #power: PowerDevice | null = null;
  readonly #files: Readonly<Record<"machineId" | "bootId", string>>;

  /** @param daemonArgs what tells its daemons of the store and the cluster */
  constructor(machine: LibvirtNode, daemonArgs: readonly string[]) {
    const { name, folder, address } = machine;
    this.machine = machine;
    const [machineId, bootId] = [join(folder, "machine-id"), join(folder, "boot-id")];
    this.#files = { machineId, bootId };
    const shared = ["--node", name, "--machine-id-file", machineId, "--boot-id-file", bootId, ...daemonArgs];
    const daemon = (part: string, ...args: readonly string[]) =>
      new KeelProcess({
        args: [part, ...shared, ...args],
        state: join(folder, `state-${part}`),
        launcher: () => machine.entering(),
      });
    const emulated = ["--emulate", "--cpu-model", "qemu64"];
    this.heartbeat = daemon("heartbeat", "--address", address, "--lease", "6s");
    this.agent = daemon("agent", "--driver", "libvirt", "--libvirt-peers", "tcp", ...emulated);
  }

  get name(): string {
    return this.machine.name;
  }

  /** @param launcher the words that start a program in the network of the reconciler */
  async installPowerDevice(launcher: readonly string[]): Promise<PowerDevice> {
    const { systemUuid } = this;
    const boot = () => void this.#bootAgain();
    const folder = join(this.machine.folder, "power");
    this.#power = await PowerDevice.install({ folder, systemUuid, launcher, boot });
    return this.#power;
  }

  get power(): IpmiSimulator {
    return this.#power?.simulator ?? assert.fail(`${this.name} has no power device`);
  }

  async removePowerDevice(): Promise<void> {
    await this.#power?.close();
  }

  /** As the kernel of a machine that was just switched on, and then everything else. Its machine may be up already. */
  async boot(): Promise<void> {
    if (!this.machine.isUp) await this.machine.start();
    await writeFile(this.#files.machineId, `${this.name}\n`);
    await writeFile(`${this.#files.machineId}.system-uuid`, `${this.systemUuid}\n`);
    await writeFile(this.#files.bootId, `${randomUUID()}\n`);
    await this.#power?.isUp(this.machine.pid);
    // Before libvirtd answers not all is mounted.
    await this.machine.ready();
    this.heartbeat.start();
    this.agent.start();
  }

  /** All that was on it is gone, though nobody has told the test so. */
  async #bootAgain(): Promise<void> {
    await this.crash();
    await this.boot();
  }

  /** Its first process is killed, and everything with it. */
  async crash(): Promise<void> {
    await this.machine.crash();
    await Promise.all([this.heartbeat.gone(), this.agent.gone()]);
  }

  /** Stops all of it, as a machine that hangs. */
  freeze(): Promise<void> {
    return this.machine.signalAll("SIGSTOP");
  }

  async thaw(): Promise<void> {
    await this.machine.signalAll("SIGCONT");
    // And what waits for them, outside.
    for (const daemon of [this.heartbeat, this.agent]) daemon.signal("SIGCONT");
  }
}
