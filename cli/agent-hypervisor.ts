import { Option, type Command } from "commander";
import type { Hypervisor } from "../agent/hypervisor/hypervisor.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Clock } from "../reconciler/model/clock.ts";
import type { Log } from "../reconciler/runtime/log.ts";
import { count } from "./option-values.ts";
import { defaultRunDir } from "./run-dir.ts";

export interface HypervisorOptions {
  readonly driver: "simulated" | "libvirt";
  readonly hostSocket?: string;
  readonly libvirt: string;
  readonly libvirtPeers: "tls" | "tcp";
  readonly migrationBandwidth?: number;
  readonly cpuModel?: string;
  readonly emulate?: true;
  readonly runDir: string;
}

/** Which hypervisor an agent drives, and how it is reached. */
export function addHypervisorOptions(command: Command): void {
  command
    .addOption(
      new Option("--driver <driver>", "the hypervisor")
        .choices(["simulated", "libvirt"])
        .default("simulated"),
    )
    .option("--host-socket <path>", "simulated: where the host listens")
    .option("--libvirt <uri>", "libvirt: this node's own", "qemu:///system")
    .addOption(
      new Option("--libvirt-peers <transport>", "libvirt: how it reaches other nodes' libvirt")
        .choices(["tls", "tcp"])
        .default("tls"),
    )
    .option("--migration-bandwidth <MiB/s>", "libvirt: at most so much for each migration from here", count)
    .option("--cpu-model <model>", "libvirt: the processor that every node can show")
    .option("--emulate", "libvirt: guests without virtualisation by the processor")
    .option("--run-dir <folder>", "libvirt: kept until the next boot", defaultRunDir);
}

/** @throws KeelError `usage` */
export async function openHypervisor(
  options: HypervisorOptions,
  { clock, log }: { readonly clock: Clock; readonly log: Log },
): Promise<Hypervisor> {
  if (options.driver === "libvirt") return await openLibvirt(options, clock, log);
  if (options.hostSocket === undefined) {
    throw new KeelError("usage", { problem: "The simulated driver needs --host-socket." });
  }
  const { connectSimulated } = await import("../agent/hypervisor/simulated/process/client.ts");
  return connectSimulated(options.hostSocket, clock);
}

async function openLibvirt(options: HypervisorOptions, clock: Clock, log: Log): Promise<Hypervisor> {
  const [{ LibvirtHypervisor }, { defaultSettings }, { defaultOptions }] = await Promise.all([
    import("../agent/hypervisor/libvirt/libvirt-hypervisor.ts"),
    import("../agent/hypervisor/libvirt/settings.ts"),
    import("../agent/hypervisor/libvirt/xml/options.ts"),
  ]);
  try {
    return await LibvirtHypervisor.open({
      ...defaultSettings,
      uri: options.libvirt,
      peerUri: (address) => `qemu+${options.libvirtPeers}://${address}/system`,
      migrationBandwidth: () => options.migrationBandwidth ?? null,
      stateFolder: options.runDir,
      clock,
      log,
      xml: {
        ...defaultOptions,
        type: options.emulate === true ? "qemu" : "kvm",
        cpuModel: options.cpuModel ?? defaultOptions.cpuModel,
      },
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new KeelError("usage", { problem: `--libvirt: ${error.message}` }, { cause: error });
  }
}
