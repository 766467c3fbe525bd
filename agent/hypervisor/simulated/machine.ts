import type { Clock } from "../../../reconciler/model/clock.ts";
import { type Hardware, type HardwareField, withFields } from "../../../reconciler/model/hardware.ts";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";
import type { DiskSpec, DomainSpec } from "../../../reconciler/model/step.ts";
import { HypervisorError } from "../hypervisor.ts";
import type {
  Domain,
  DomainEnd,
  HardwareChange,
  Machine,
  MigrationJob,
  MigrationTarget,
  Reading,
} from "../hypervisor.ts";
import { prepareVolumes, requireDrivers } from "./admission.ts";
import { differencesOf } from "./differences.ts";
import type { GuestEvent, StopMethod } from "./guest-event.ts";
import { type Guest, Guests } from "./guests.ts";
import type { Habits } from "./habits.ts";
import { Outgoing } from "./outgoing.ts";
import type { IncomingCopy, Peers } from "./peers.ts";
import { PowerButtons } from "./power-buttons.ts";
import { defaultHardware, defaultTimes, type SimulatedHardware, type SimulatedTimes } from "./settings.ts";
import type { Volumes } from "./volumes.ts";

export interface SimulatedMachineOptions {
  readonly node: NodeName;
  readonly clock: Clock;
  readonly peers: Peers;
  readonly volumes: Volumes;
  readonly habits: Habits;
  readonly hardware?: Partial<SimulatedHardware>;
  readonly times?: Partial<SimulatedTimes>;
  /** The boot id of the machine's nth boot, counted from 1. */
  readonly bootId?: (boot: number) => string;
}

/**
 * A machine that runs guests, as a model in memory: no chance, no time but the clock's, no I/O but the ports it is
 * given. Calls act at once; what takes time (a boot, a shutdown, a migration) is seen by reading.
 *
 * While the power is off every call of the hypervisor's side fails with `unreachable`.
 */
export class SimulatedMachine {
  readonly node: NodeName;
  readonly times: SimulatedTimes;
  readonly #clock: Clock;
  readonly #hardware: SimulatedHardware;
  readonly #volumes: Volumes;
  readonly #guests: Guests;
  readonly #habits: Habits;
  readonly #buttons: PowerButtons;
  readonly #outgoing: Outgoing;
  readonly #nameBoot: (boot: number) => string;
  readonly #powerListeners = new Set<() => void>();
  #load: number;
  #unmanaged: Reading["unmanaged"];
  #boots = 1;
  #domainsMade = 0;
  #powered = true;

  constructor(options: SimulatedMachineOptions) {
    const { node, clock, peers, volumes, habits } = options;
    this.node = node;
    this.times = { ...defaultTimes, ...options.times };
    this.#clock = clock;
    this.#hardware = { ...defaultHardware, ...options.hardware };
    this.#load = this.#hardware.load;
    this.#unmanaged = this.#hardware.unmanaged;
    this.#volumes = volumes;
    this.#nameBoot = options.bootId ?? ((boot) => `${node}-boot-${boot}`);
    this.#guests = new Guests(node, clock);
    this.#habits = habits;
    this.#buttons = new PowerButtons(clock, habits, this.times.shutdownMs);
    const bytesPerSecond = this.times.migrationBytesPerSecond;
    this.#outgoing = new Outgoing({ node, clock, guests: this.#guests, peers, habits, bytesPerSecond });
  }

  get powered(): boolean {
    return this.#powered;
  }

  /** Of this boot, also while the power is off: of the last one. */
  get bootId(): string {
    return this.#nameBoot(this.#boots);
  }

  /** All guests die at once; nothing is remembered of them. */
  powerOff(): void {
    if (!this.#powered) return;
    this.#powered = false;
    this.#outgoing.powerLost();
    for (const guest of this.#guests.list()) this.#end(guest, "unknown", "power");
    this.#guests.forgetEnds();
    this.#tellPower();
  }

  /** A new boot, empty. */
  powerOn(): void {
    if (this.#powered) return;
    this.#powered = true;
    this.#boots += 1;
    this.#tellPower();
  }

  onPower(callback: () => void): () => void {
    this.#powerListeners.add(callback);
    return () => this.#powerListeners.delete(callback);
  }

  // The hypervisor's side.

  read(): Reading {
    this.#requirePower();
    const domains = this.#guests.list().map((guest) => domainOf(guest, this.#outgoing.jobOf(guest)));
    return { domains, ended: this.#guests.ended(), unmanaged: this.#unmanaged };
  }

  machine(): Machine {
    this.#requirePower();
    const { memoryBytes, cpus, supports } = this.#hardware;
    return { memoryBytes, cpus, memoryFreeBytes: this.#freeBytes(), load: this.#load, supports };
  }

  /** The domain is there and counts from now on; its guest has booted after `times.startMs`. Returns its id. */
  start(spec: DomainSpec, epoch: number): string {
    this.#requirePower();
    const { vm, uuid, hardware } = spec;
    this.#requireAbsent(vm, uuid);
    requireDrivers(spec, this.#hardware.supports);
    this.#requireRoom(hardware.memoryBytes);
    prepareVolumes(spec.disks, this.#volumes);
    const bootedAt = this.#clock.monotonic() + this.times.startMs;
    const guest = this.#make({ vm, uuid, epoch, live: hardware, applied: hardware }, "running", bootedAt);
    this.#guests.emit(guest, { kind: "start" });
    return guest.id;
  }

  pressPower(vm: VmName): void {
    this.#requirePower();
    const { id } = this.#guests.require(vm);
    this.#buttons.press(this.#guests.require(vm), () => {
      const guest = this.#guests.findById(id);
      if (guest !== null) this.#end(guest, "guest", "acpi");
    });
  }

  cut(vm: VmName): void {
    this.#requirePower();
    const guest = this.#guests.find(vm);
    if (guest !== null) this.#end(guest, "cut", "cut");
  }

  change(vm: VmName, { hardware, fields, spec }: HardwareChange): void {
    this.#requirePower();
    const guest = this.#guests.require(vm);
    this.#prepareDevices(fields, spec);
    const live = withFields(guest.live, hardware, fields);
    if (live.memoryBytes > live.maxMemoryBytes || live.cpus > live.maxCpus) {
      throw new HypervisorError("refused", `${vm} was started with less room to grow`);
    }
    this.#requireRoom(live.memoryBytes - guest.live.memoryBytes);
    this.#guests.set({ ...guest, live, applied: withFields(guest.applied, hardware, fields) });
  }

  adopt(spec: DomainSpec, epoch: number): void {
    this.#requirePower();
    const { vm, uuid, hardware } = spec;
    const found = this.#unmanaged.find((domain) => domain.running && domain.uuid === uuid);
    if (found === undefined)
      throw new HypervisorError("no-domain", `no domain with the UUID ${uuid} runs here`);
    this.#requireAbsent(vm, uuid);
    this.#unmanaged = this.#unmanaged.filter((domain) => domain !== found);
    const { memoryBytes } = found;
    const bootedAt = this.#clock.monotonic();
    const live = { ...hardware, memoryBytes };
    const guest = this.#make({ vm, uuid, epoch, live, applied: hardware }, "running", bootedAt);
    // Nobody saw it begin: for whoever looks on, it does now.
    this.#guests.emit(guest, { kind: "start" });
  }

  #prepareDevices(fields: readonly HardwareField[], spec: DomainSpec | null): void {
    if (!fields.includes("disks") && !fields.includes("nics")) return;
    if (spec === null) throw new HypervisorError("unsupported", "nobody said what the devices are to be");
    requireDrivers(spec, this.#hardware.supports);
    if (fields.includes("disks")) prepareVolumes(spec.disks, this.#volumes);
  }

  relabel(from: VmName, to: VmName): void {
    this.#requirePower();
    if (this.#guests.find(to) !== null) throw this.#existsError(to);
    this.#guests.rename(from, to);
    this.#habits.rename(from, to);
  }

  async migrate(vm: VmName, target: MigrationTarget): Promise<void> {
    this.#requirePower();
    const guest = this.#guests.require(vm);
    if (guest.state !== "running") throw new HypervisorError("refused", `${vm} does not run`);
    await this.#outgoing.begin(guest, target);
  }

  abortMigration(vm: VmName): void {
    this.#requirePower();
    const guest = this.#guests.find(vm);
    if (guest !== null) this.#outgoing.abort(guest);
  }

  resume(vm: VmName): void {
    this.#requirePower();
    const guest = this.#guests.require(vm);
    if (guest.state === "running") return;
    this.#guests.set({ ...guest, state: "running" });
    if (guest.state === "incoming") this.#guests.emit(guest, { kind: "resume" });
  }

  removeVolume(disk: DiskSpec): void {
    this.#requirePower();
    if (disk.source === "volume") this.#volumes.remove(disk.pool.name, disk.volume);
  }

  forgetEnd(vm: VmName): void {
    this.#requirePower();
    this.#guests.forgetEnd(vm);
  }

  onChange(callback: () => void): () => void {
    return this.#guests.onChange(callback);
  }

  // What guests and people do without asking us.

  crash(vm: VmName): void {
    this.#end(this.#guests.require(vm), "crash", "crash");
  }

  /** The guest switches itself off. */
  switchOff(vm: VmName): void {
    this.#end(this.#guests.require(vm), "guest", "guest");
  }

  /** Paused by hand. */
  suspend(vm: VmName): void {
    this.#guests.set({ ...this.#guests.require(vm), state: "paused" });
  }

  /** Changed by hand: differs from what was applied. */
  alter(vm: VmName, change: Partial<Hardware>): void {
    const guest = this.#guests.require(vm);
    this.#guests.set({ ...guest, live: { ...guest.live, ...change } });
  }

  setLoad(load: number): void {
    this.#load = load;
  }

  /** What happens to guests, as it happens. */
  onGuest(callback: (event: GuestEvent) => void): () => void {
    return this.#guests.onGuest(callback);
  }

  /** Domains that are active here, a paused incoming copy not among them. */
  active(): readonly VmName[] {
    return this.#guests
      .list()
      .filter((guest) => guest.state !== "incoming")
      .map((guest) => guest.vm);
  }

  // What other machines ask for.

  receive(copy: IncomingCopy): void {
    this.#requirePower();
    this.#requireAbsent(copy.vm, copy.uuid);
    this.#requireRoom(copy.live.memoryBytes);
    this.#make(copy, "incoming", this.#clock.monotonic());
  }

  handOver(vm: VmName, epoch: number): void {
    this.#requirePower();
    const copy = this.#guests.require(vm);
    if (copy.state !== "incoming" || copy.epoch !== epoch) {
      throw new HypervisorError("no-domain", `there is no copy of ${vm} with epoch ${epoch} on ${this.node}`);
    }
    this.#guests.set({ ...copy, handedOver: true });
  }

  drop(vm: VmName, epoch: number): void {
    this.#requirePower();
    const copy = this.#guests.find(vm);
    if (copy?.state === "incoming" && copy.epoch === epoch) {
      this.#end({ ...copy, handedOver: false }, "cut", "cut");
    }
  }

  #make(copy: IncomingCopy, state: "running" | "incoming", bootedAt: number): Guest {
    this.#domainsMade += 1;
    const id = `${this.#domainsMade}@${this.bootId}`;
    const guest: Guest = {
      ...copy,
      processor: null,
      id,
      state,
      since: this.#clock.now(),
      bootedAt,
      handedOver: false,
    };
    this.#guests.set(guest);
    return guest;
  }

  #end(guest: Guest, cause: DomainEnd["cause"], method: StopMethod): void {
    this.#buttons.release(guest.id);
    this.#outgoing.guestEnds(guest);
    this.#guests.end(guest, cause, method);
  }

  #requirePower(): void {
    if (!this.#powered) throw new HypervisorError("unreachable", `${this.node} is off`);
  }

  #requireAbsent(vm: VmName, uuid: string): void {
    if (this.#guests.list().some((guest) => guest.vm === vm || guest.uuid === uuid)) {
      throw this.#existsError(vm);
    }
  }

  #requireRoom(bytes: number): void {
    const free = this.#freeBytes();
    if (bytes > free) {
      throw new HypervisorError(
        "refused",
        `${this.node} has ${free} bytes of memory free, ${bytes} are needed`,
      );
    }
  }

  #freeBytes(): number {
    const ours = this.#guests.list().reduce((sum, guest) => sum + guest.live.memoryBytes, 0);
    const others = this.#unmanaged.reduce(
      (sum, { memoryBytes, running }) => sum + (running ? memoryBytes : 0),
      0,
    );
    return this.#hardware.memoryBytes - ours - others;
  }

  #existsError(vm: VmName): HypervisorError {
    return new HypervisorError("exists", `there is a domain ${vm} on ${this.node} already`);
  }

  #tellPower(): void {
    for (const listener of this.#powerListeners) listener();
  }
}

function domainOf({ bootedAt, handedOver, ...domain }: Guest, job: MigrationJob | null): Domain {
  return { ...domain, differences: differencesOf(domain), job };
}
