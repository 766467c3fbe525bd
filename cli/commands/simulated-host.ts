import { appendFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import { encode } from "../../reconciler/store/codec.ts";
import type { Context, ContextFactory } from "../context.ts";
import { count, name, size } from "../option-values.ts";
import { messageOf } from "../../reconciler/model/thrown.ts";

interface HostOptions {
  readonly node: string;
  readonly directory: string;
  readonly bootIdFile: string;
  readonly witness?: string;
  readonly memory?: number;
  readonly cpus?: number;
}

/** `keel simulated-host`: a simulated node's machine, in which its guests run. Started by `keel up`. */
export function register(program: Command, context: ContextFactory): void {
  program
    .command("simulated-host", { hidden: true })
    .description("Be the machine of a simulated node, with its guests, until ended.")
    .requiredOption("--node <name>", "its name", name)
    .requiredOption("--directory <folder>", "where the hosts have their sockets and volumes")
    .requiredOption("--boot-id-file <path>", "is given the boot id at each boot")
    .option("--witness <path>", "is told what befalls the guests, a line of JSON each")
    .option("--memory <size>", "of the machine", size)
    .option("--cpus <number>", "of the machine", count)
    .action(async (options: HostOptions, self: Command) => {
      await using run = context(self);
      await beHost(options, run);
    });
}

async function beHost(options: HostOptions, { clock, world }: Context): Promise<void> {
  const { node, memory, cpus, witness } = options;
  const { runSimulatedHost } = await import("../../agent/hypervisor/simulated/process/host.ts");
  const onPower = (power: { readonly on: boolean; readonly bootId: string }): void => {
    if (power.on) writeFileSync(options.bootIdFile, `${power.bootId}\n`);
    world.tellParent({ kind: "power", on: power.on });
  };
  const watched =
    witness === undefined
      ? {}
      : { onGuest: (event: object) => appendFileSync(witness, `${encode(event)}\n`) };
  const hardware = {
    ...(memory === undefined ? {} : { memoryBytes: memory }),
    ...(cpus === undefined ? {} : { cpus }),
  };
  const directory = resolve(world.cwd, options.directory);
  await runSimulatedHost({ node, directory, clock, onPower, ...watched, ...hardware }, world.ended).catch(
    (cause: unknown) => {
      const why = messageOf(cause);
      const advice = "Stop the other host of that name first.";
      throw new KeelError("failed", { what: `simulating ${node}`, why, advice }, { cause });
    },
  );
}
