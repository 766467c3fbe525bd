import type { SimulatedMachine } from "../agent/hypervisor/simulated/machine.ts";
import { SimulatedHypervisor } from "../agent/hypervisor/simulated/simulated-hypervisor.ts";
import type { SimulatedProcess } from "./process.ts";

/** What the machine tells of itself reaches a process only while that runs. */
export class ProcessHypervisor extends SimulatedHypervisor {
  readonly #process: SimulatedProcess;

  constructor(machine: SimulatedMachine, process: SimulatedProcess) {
    super(machine, process.clock);
    this.#process = process;
  }

  override onChange(callback: () => void): () => void {
    return super.onChange(() => {
      this.#process.whenRunning(callback);
    });
  }
}
