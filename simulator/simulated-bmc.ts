/**
 * A node's power controller: works on the node's own power, takes its time, and may be out of order. Like a real one it
 * finishes what it was asked for though the one who asked is gone.
 */
import type { FenceDevice, PowerReading } from "../reconciler/control/fence/fence-device.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import { abortReason } from "../reconciler/model/thrown.ts";

/** stuck-on: switches nothing off, and says on. slow: answers, after half a minute. */
export const bmcHabits = ["ok", "unreachable", "wrong-password", "stuck-on", "slow"] as const;
export type BmcHabit = (typeof bmcHabits)[number];

export interface BmcUse {
  readonly node: NodeName;
  readonly command: "off" | "on" | "status";
  /** What it read then. */
  readonly answer: "on" | "off" | "error";
}

/** What it switches. */
export interface PowerSwitch {
  isOn(): boolean;
  switch(on: boolean): void;
}

export interface SimulatedBmcOptions {
  readonly node: NodeName;
  readonly clock: Clock;
  readonly power: PowerSwitch;
  /** How long it takes for a command. */
  readonly commandMs: number;
  readonly onUse: (use: BmcUse) => void;
}

const slowMs = 30_000;

/** Who asks: its clock stands still while it is stopped. */
type Asker = Pick<Clock, "timer">;

export class SimulatedBmc {
  readonly #options: SimulatedBmcOptions;
  #habit: BmcHabit = "ok";

  constructor(options: SimulatedBmcOptions) {
    this.#options = options;
  }

  setHabit(habit: BmcHabit): void {
    this.#habit = habit;
  }

  /** As one process sees it. */
  for(asker: Asker): FenceDevice {
    return {
      name: `simulated ${this.#options.node}`,
      read: (signal) => answered(asker, signal, (done) => this.#use("status", done)),
      command: async (power, signal) => {
        const reading = await answered<PowerReading>(asker, signal, (done) => this.#use(power, done));
        return reading.power === "unknown" ? reading.why : null;
      },
      uuid: () => Promise.resolve(this.#options.node),
    };
  }

  #use(command: BmcUse["command"], done: (reading: PowerReading) => void): void {
    const { clock, commandMs, node, power, onUse } = this.#options;
    const takesMs = this.#habit === "slow" ? slowMs : commandMs;
    clock.timer(takesMs, () => {
      const reading = this.#trouble();
      if (reading === null && command !== "status") power.switch(command === "on");
      const answer = reading ?? { power: power.isOn() ? ("on" as const) : ("off" as const) };
      onUse({ node, command, answer: answer.power === "unknown" ? "error" : answer.power });
      done(answer);
    });
  }

  /** What it says whatever it is asked; null: it does as it is told. */
  #trouble(): PowerReading | null {
    switch (this.#habit) {
      case "ok":
      case "slow":
        return null;
      case "unreachable":
        return { power: "unknown", why: "no answer" };
      case "wrong-password":
        return { power: "unknown", why: "it refuses the password" };
      case "stuck-on":
        return { power: "on" };
    }
  }
}

/** The answer reaches the asker when its own clock turns. */
function answered<T>(
  asker: Asker,
  signal: AbortSignal,
  ask: (done: (answer: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortReason(signal));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    ask((answer) => {
      asker.timer(0, () => {
        signal.removeEventListener("abort", abort);
        resolve(answer);
      });
    });
  });
}
