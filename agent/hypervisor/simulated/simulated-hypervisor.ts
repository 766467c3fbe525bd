import type { Clock } from "../../../reconciler/model/clock.ts";
import type { VmName } from "../../../reconciler/model/names.ts";
import type { DiskSpec, DomainSpec } from "../../../reconciler/model/step.ts";
import {
  type HardwareChange,
  type Hypervisor,
  HypervisorError,
  type Machine,
  type MigrationTarget,
  type Reading,
} from "../hypervisor.ts";
import type { SimulatedMachine } from "./machine.ts";

/** The port onto a machine in the same process. `start` answers once the guest has booted. */
export class SimulatedHypervisor implements Hypervisor {
  readonly driver = "simulated";
  readonly #machine: SimulatedMachine;
  readonly #clock: Clock;
  readonly #unsubscribe = new Set<() => void>();

  constructor(machine: SimulatedMachine, clock: Clock) {
    this.#machine = machine;
    this.#clock = clock;
  }

  async read(signal: AbortSignal): Promise<Reading> {
    signal.throwIfAborted();
    return this.#machine.read();
  }

  async machine(signal: AbortSignal): Promise<Machine> {
    signal.throwIfAborted();
    return this.#machine.machine();
  }

  async start(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const id = this.#machine.start(spec, epoch);
    await this.#clock.sleep(this.#machine.times.startMs, signal);
    if (this.#machine.read().domains.some((domain) => domain.id === id)) return;
    throw new HypervisorError("refused", `${spec.vm} ended while it booted`);
  }

  async pressPower(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.pressPower(vm);
  }

  async cut(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.cut(vm);
  }

  async change(vm: VmName, change: HardwareChange, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.change(vm, change);
  }

  async adopt(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.adopt(spec, epoch);
  }

  async relabel(from: VmName, to: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.relabel(from, to);
  }

  async migrate(vm: VmName, target: MigrationTarget, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await this.#machine.migrate(vm, target);
  }

  async abortMigration(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.abortMigration(vm);
  }

  async resume(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.resume(vm);
  }

  async removeVolume(disk: DiskSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.removeVolume(disk);
  }

  async forgetEnd(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#machine.forgetEnd(vm);
  }

  onChange(callback: () => void): () => void {
    const unsubscribe = this.#machine.onChange(callback);
    const stop = () => {
      unsubscribe();
      this.#unsubscribe.delete(stop);
    };
    this.#unsubscribe.add(stop);
    return stop;
  }

  async close(): Promise<void> {
    for (const stop of [...this.#unsubscribe]) stop();
  }
}
