import type { NodeName, VmName } from "../../../reconciler/model/names.ts";
import { HypervisorError } from "../hypervisor.ts";
import { Habits } from "./habits.ts";
import { SimulatedMachine, type SimulatedMachineOptions } from "./machine.ts";
import type { IncomingCopy, PeerLink, Peers } from "./peers.ts";
import { MemoryVolumes } from "./volumes.ts";

/** The machines of one simulation: they reach each other unless cut off, and share storage and guests' habits. */
export class SimulatedNetwork implements Peers {
  readonly volumes = new MemoryVolumes();
  readonly habits = new Habits();
  readonly #machines = new Map<NodeName, SimulatedMachine>();
  readonly #cut = new Set<NodeName>();
  readonly #listeners = new Set<() => void>();

  /** A new machine, switched on and connected. */
  add(options: Omit<SimulatedMachineOptions, "peers" | "volumes" | "habits">): SimulatedMachine {
    const { volumes, habits } = this;
    const machine = new SimulatedMachine({ ...options, peers: this, volumes, habits });
    this.#machines.set(machine.node, machine);
    machine.onPower(() => this.#tell());
    return machine;
  }

  /** From now on nothing of the node's traffic gets through; migrations stand still. */
  cut(node: NodeName): void {
    this.#cut.add(node);
    this.#tell();
  }

  restore(node: NodeName): void {
    this.#cut.delete(node);
    this.#tell();
  }

  async connect(from: NodeName, to: NodeName): Promise<PeerLink> {
    const machine = this.#machines.get(to);
    if (machine === undefined || !machine.powered || !this.reaches(from, to)) {
      throw new HypervisorError("refused", `${from} cannot reach the hypervisor on ${to}`);
    }
    return new DirectLink(this, from, machine);
  }

  reaches(from: NodeName, to: NodeName): boolean {
    return !this.#cut.has(from) && !this.#cut.has(to);
  }

  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

/** A link within one process. It ends with the life of the machine that it leads to. */
class DirectLink implements PeerLink {
  readonly #network: SimulatedNetwork;
  readonly #from: NodeName;
  readonly #to: SimulatedMachine;
  readonly #bootId: string;
  #unsubscribe: (() => void) | null = null;

  constructor(network: SimulatedNetwork, from: NodeName, to: SimulatedMachine) {
    this.#network = network;
    this.#from = from;
    this.#to = to;
    this.#bootId = to.bootId;
  }

  state(): "open" | "cut" | "closed" {
    if (!this.#to.powered || this.#to.bootId !== this.#bootId) return "closed";
    return this.#network.reaches(this.#from, this.#to.node) ? "open" : "cut";
  }

  onState(callback: () => void): void {
    this.#unsubscribe = this.#network.onChange(callback);
  }

  async receive(copy: IncomingCopy): Promise<void> {
    this.#target().receive(copy);
  }

  async handOver(vm: VmName, epoch: number): Promise<void> {
    this.#target().handOver(vm, epoch);
  }

  async drop(vm: VmName, epoch: number): Promise<void> {
    this.#target().drop(vm, epoch);
  }

  close(): void {
    this.#unsubscribe?.();
  }

  #target(): SimulatedMachine {
    if (this.state() !== "open") {
      throw new HypervisorError("unreachable", `the connection to ${this.#to.node} is broken`);
    }
    return this.#to;
  }
}
