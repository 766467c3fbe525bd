import { runAgent } from "../../../agent/agent.ts";
import { runHeartbeat } from "../../../agent/heartbeat.ts";
import { type Hypervisor, HypervisorError } from "../../../agent/hypervisor/hypervisor.ts";
import type { SimulatedMachine } from "../../../agent/hypervisor/simulated/machine.ts";
import { SimulatedHypervisor } from "../../../agent/hypervisor/simulated/simulated-hypervisor.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { MemoryStore } from "../../../reconciler/store/memory/memory-store.ts";
import type { StoreCore } from "../../../reconciler/store/core/store-core.ts";
import type { FakeClock } from "../../support/fake-clock.ts";
import { Fuse } from "./fuse.ts";
import { breakable, tapped } from "./tapped-hypervisor.ts";
import { StoreTap } from "./store-tap.ts";
import { Wire } from "./wire.ts";

/** Something that runs until it is killed. */
export interface Running {
  readonly wire: Wire;
  readonly tap: StoreTap;
  /** Ends it on the spot: nothing is tidied up, its leases are left to expire. */
  kill(): Promise<void>;
  /** How it ended, where it did by itself. */
  readonly ended: Promise<unknown>;
}

export interface AgentSettings {
  /** Where it is to be killed. */
  readonly fuse?: Fuse;
  /** Calls of its hypervisor that do not get through. */
  readonly broken?: ReadonlySet<keyof Hypervisor>;
  /** Prefixes that its store cannot list, until they are taken from the tap's set. */
  readonly unlisted?: readonly string[];
}

/** A machine with the processes that Evenkeel runs on it. */
export class LabNode {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly #clock: FakeClock;
  readonly #core: StoreCore;
  agent: Running | null = null;
  heartbeat: Running | null = null;

  constructor(machine: SimulatedMachine, clock: FakeClock, core: StoreCore) {
    this.name = machine.node;
    this.machine = machine;
    this.#clock = clock;
    this.#core = core;
  }

  startAgent({ fuse = new Fuse(), broken = new Set(), unlisted = [] }: AgentSettings = {}): Running {
    const plain = breakable(new SimulatedHypervisor(this.machine, this.#clock), broken);
    const dead = () => new HypervisorError("unreachable", "its client was killed");
    const hypervisor = tapped(plain, (_, call) => fuse.through(call, dead));
    this.agent = this.#run(fuse, (store, signal) => {
      for (const prefix of unlisted) store.unlisted.add(prefix);
      return runAgent(
        {
          node: this.name,
          cluster: "lab",
          bootId: this.machine.bootId,
          version: "test",
          store,
          hypervisor,
          clock: this.#clock,
          log: silentLog,
        },
        signal,
      ).finally(() => hypervisor.close());
    });
    return this.agent;
  }

  startHeartbeat(machineId = `machine-${this.name}`): Running {
    this.heartbeat = this.#run(new Fuse(), (store, signal) =>
      runHeartbeat(
        {
          node: this.name,
          cluster: "lab",
          store,
          clock: this.#clock,
          machineId,
          bootId: this.machine.bootId,
          address: null,
          log: silentLog,
        },
        signal,
      ),
    );
    return this.heartbeat;
  }

  #run(fuse: Fuse, body: (store: StoreTap, signal: AbortSignal) => Promise<void>): Running {
    const killed = new AbortController();
    const wire = new Wire(fuse);
    const store = new MemoryStore({ core: this.#core, clock: this.#clock, link: wire });
    const tap = new StoreTap(store);
    const ended = body(tap, killed.signal).then(
      () => "stopped",
      (error: unknown) => error,
    );
    const kill = async () => {
      killed.abort(new Error("killed"));
      await tap.close();
      await ended;
    };
    return { wire, tap, kill, ended };
  }
}
