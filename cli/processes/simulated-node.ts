import type { Clock } from "../../reconciler/model/clock.ts";
import { keepRunning, type PartFailure } from "./keep-running.ts";
import type { PartMessage } from "./messages.ts";
import { PowerLost } from "./power-lost.ts";
import { type PartEnd, type PartOptions, runOnce } from "./run-once.ts";
import { Stage } from "./stage.ts";

export interface SimulatedNodeOptions {
  readonly node: string;
  readonly host: PartOptions;
  readonly heartbeat: PartOptions;
  readonly agent: PartOptions;
  readonly clock: Clock;
  readonly onEnd: (failure: PartFailure) => void;
  /** Its host's process ended: the node lost its power, and boots again after so many milliseconds. */
  readonly onPowerLost: (end: PartEnd, bootsInMs: number) => void;
}

/** How long a machine takes from its power button to its services. */
const bootMs = 5_000;

/**
 * The processes of one simulated node. Its host is the machine with its guests: where that process ends, heartbeat and
 * agent end at the same instant, and the node boots again as a machine does, under a new boot id. Heartbeat and agent
 * alone are just started again.
 */
export class SimulatedNode {
  readonly #options: SimulatedNodeOptions;
  readonly #agent = new Stage();
  readonly #heartbeat = new Stage();
  readonly #host = new Stage();
  /** From power on to power off. */
  #life: AbortController | null = null;

  constructor(options: SimulatedNodeOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#host.run((signal) => this.#power(signal));
  }

  // Ended in this order, so that nothing misses what it rests on.

  endAgent(): Promise<void> {
    return this.#agent.end();
  }

  endHeartbeat(): Promise<void> {
    return this.#heartbeat.end();
  }

  endHost(): Promise<void> {
    return this.#host.end();
  }

  async #power(signal: AbortSignal): Promise<void> {
    const { host, clock, onPowerLost } = this.#options;
    while (!signal.aborted) {
      const end = await runOnce({ ...host, onMessage: (message) => this.#heard(message) }, signal);
      this.#cut();
      if (signal.aborted) return;
      onPowerLost(end, bootMs);
      await clock.sleep(bootMs, signal).catch(() => undefined);
    }
  }

  #heard(message: PartMessage): void {
    if (message.kind !== "power") return;
    this.#cut();
    if (message.on) this.#boot();
  }

  #boot(): void {
    const { heartbeat, agent, onEnd } = this.#options;
    const life = new AbortController();
    this.#life = life;
    void this.#heartbeat.run((signal) => keepRunning({ ...heartbeat, onEnd }, signal), life.signal);
    void this.#agent.run((signal) => keepRunning({ ...agent, onEnd }, signal), life.signal);
  }

  #cut(): void {
    this.#life?.abort(new PowerLost(this.#options.node));
    this.#life = null;
  }
}
