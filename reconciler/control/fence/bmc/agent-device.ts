/** A power device behind one of Debian's fence agents. */
import type { Clock } from "../../../model/clock.ts";
import type { Bmc } from "../../../model/desired.ts";
import { fenceCommandMs, type FenceDevice, type PowerReading } from "../fence-device.ts";
import { agentParameters } from "./agent-parameters.ts";
import { describeEnd } from "./describe-end.ts";
import { agentsPackage, type InstalledAgents } from "./installed-agents.ts";
import { judgeStatus } from "./judge-status.ts";
import type { Prepared } from "./prepared.ts";
import { readSecret, type SecretPlaces } from "./read-secret.ts";
import { runProgram, type ProgramEnd } from "./run-program.ts";
import { readSystemUuid } from "./system-uuid.ts";

export interface AgentDeviceOptions {
  readonly agents: InstalledAgents;
  readonly secrets: SecretPlaces;
  readonly clock: Clock;
  /** A program that runs longer is ended. Left out: what the port allows, less the time for ending it. */
  readonly deadlineMs?: number;
}

const endingMs = 2_000;

export class AgentDevice implements FenceDevice {
  readonly name: string;
  readonly #bmc: Bmc;
  readonly #options: AgentDeviceOptions;
  readonly #deadlineMs: number;

  constructor(bmc: Bmc, options: AgentDeviceOptions) {
    this.name = deviceName(bmc);
    this.#bmc = bmc;
    this.#options = options;
    this.#deadlineMs = options.deadlineMs ?? fenceCommandMs - endingMs;
  }

  async read(signal: AbortSignal): Promise<PowerReading> {
    const prepared = await this.#prepare(signal);
    if (typeof prepared === "string") return { power: "unknown", why: prepared };
    return judgeStatus(await this.#run(prepared, "status", signal), prepared.words);
  }

  async command(power: "on" | "off", signal: AbortSignal): Promise<string | null> {
    const prepared = await this.#prepare(signal);
    if (typeof prepared === "string") return prepared;
    const end = await this.#run(prepared, power, signal);
    return end.kind === "exited" && end.code === 0 ? null : describeEnd(end, prepared.words);
  }

  async uuid(signal: AbortSignal): Promise<string | null> {
    const prepared = await this.#prepare(signal);
    if (typeof prepared === "string") return null;
    const { clock } = this.#options;
    return readSystemUuid(this.#bmc, prepared, { clock, deadlineMs: this.#deadlineMs, signal });
  }

  /** Or why it cannot be asked at all. */
  async #prepare(signal: AbortSignal): Promise<Prepared | string> {
    const { agents, secrets } = this.#options;
    const known = await agents.describe(this.#bmc.agent, signal);
    if (!known.known) return `${known.why}: ${known.advice}`;
    if (known.agent.isFabric) {
      return `fence_${known.agent.name} cuts off storage or network, and proves nothing about the guests: name a power device`;
    }
    const secret = this.#bmc.password === null ? null : await readSecret(this.#bmc.password, secrets);
    if (secret?.ok === false) return secret.why;
    const password = secret?.value ?? null;
    const parameters = agentParameters(this.#bmc, known.agent, password);
    if (!parameters.ok) return parameters.why;
    const words = {
      program: `fence_${known.agent.name}`,
      debianPackage: agentsPackage,
      address: this.#bmc.address ?? "the device",
      secret: password,
    };
    const { lines, env } = parameters;
    return { program: agents.programOf(known.agent.name), lines, env, password, words };
  }

  #run({ program, lines, env }: Prepared, action: string, signal: AbortSignal): Promise<ProgramEnd> {
    const input = [`action=${action}`, ...lines, ""].join("\n");
    return runProgram({ path: program, input, env }, this.#deadlineMs, this.#options.clock, signal);
  }
}

/** `ipmilan 10.0.9.11:623 plug 3`. */
export function deviceName({ agent, address, port, options }: Bmc): string {
  const place = address === null ? [] : [port === null ? address : `${address}:${port}`];
  const unit = options["plug"] ?? options["systems_uri"] ?? options["target"];
  return [agent, ...place, ...(unit === undefined ? [] : [unit])].join(" ");
}
