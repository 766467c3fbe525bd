import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { PowerSwitch } from "./simulated-bmc.ts";

export interface PowerGridOptions {
  readonly isOn: (node: NodeName) => boolean;
  /** The machine has booted. */
  readonly boot: (node: NodeName) => void;
  readonly cut: (node: NodeName) => void;
}

const standardBootMs = 60_000;

/** The power of all machines: whoever switches one, an event or its power controller, does it here. */
export class PowerGrid {
  readonly #clock: Clock;
  readonly #options: PowerGridOptions;
  readonly #bootMs = new Map<NodeName, number>();
  /** Each with what calls its boot off. */
  readonly #booting = new Map<NodeName, () => void>();

  constructor(clock: Clock, options: PowerGridOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  add(node: NodeName, bootMs = standardBootMs): void {
    this.#bootMs.set(node, bootMs);
  }

  /** Machines that are switched on and not up yet. */
  get booting(): number {
    return this.#booting.size;
  }

  on(node: NodeName): void {
    if (this.#isOn(node)) return;
    const cancel = this.#clock.timer(this.#bootMs.get(node) ?? standardBootMs, () => {
      this.#booting.delete(node);
      this.#options.boot(node);
    });
    this.#booting.set(node, cancel);
  }

  off(node: NodeName): void {
    this.#booting.get(node)?.();
    this.#booting.delete(node);
    if (this.#options.isOn(node)) this.#options.cut(node);
  }

  switchOf(node: NodeName): PowerSwitch {
    return {
      isOn: () => this.#isOn(node),
      switch: (on) => {
        if (on) this.on(node);
        else this.off(node);
      },
    };
  }

  #isOn(node: NodeName): boolean {
    return this.#booting.has(node) || this.#options.isOn(node);
  }
}
