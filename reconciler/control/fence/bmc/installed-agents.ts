import { join } from "node:path";
import type { Clock } from "../../../model/clock.ts";
import type { KnownAgent } from "../../../model/fence-agent.ts";
import { describeEnd } from "./describe-end.ts";
import { readMetadata } from "./read-metadata.ts";
import { runProgram } from "./run-program.ts";

/** Where Debian has its fence agents. */
export const agentsFolder = "/usr/sbin";
export const agentsPackage = "fence-agents";

/** They answer from what they know, without any device. */
const metadataMs = 10_000;

/** The fence agents of this machine. What one says of itself is asked for once; an agent that is missing, each time. */
export class InstalledAgents {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #known = new Map<string, Promise<KnownAgent>>();

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
  }

  programOf(agent: string): string {
    return join(this.#folder, `fence_${agent}`);
  }

  /** Rejects with the abort's reason alone. */
  async describe(agent: string, signal: AbortSignal): Promise<KnownAgent> {
    const known = this.#known.get(agent);
    if (known !== undefined) return known;
    const asked = await this.#ask(agent, signal);
    if (asked.known) this.#known.set(agent, Promise.resolve(asked));
    return asked;
  }

  async #ask(name: string, signal: AbortSignal): Promise<KnownAgent> {
    const program = `fence_${name}`;
    const path = this.programOf(name);
    const end = await runProgram(
      { path, input: "action=metadata\n", env: {} },
      metadataMs,
      this.#clock,
      signal,
    );
    const agent = end.kind === "exited" ? readMetadata(name, end.stdout) : null;
    if (agent !== null) return { known: true, agent };
    const words = { program, debianPackage: agentsPackage, address: "the agent", secret: null };
    if (end.kind === "exited" && end.code === 0) {
      const why = `${program} does not describe itself`;
      return { known: false, why, advice: `install the ${agentsPackage} of your distribution` };
    }
    const why = end.kind === "missing" ? `${program} is not installed here` : describeEnd(end, words);
    return { known: false, why, advice: `apt install ${agentsPackage}, on every reconciler's machine` };
  }
}
