import type { Clock } from "../../../reconciler/model/clock.ts";
import type { Log } from "../../../reconciler/runtime/log.ts";
import type { DomainXmlOptions } from "./xml/options.ts";

export interface LibvirtSettings {
  /** Of this node's own libvirt: `qemu:///system`. */
  readonly uri: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly xml: DomainXmlOptions;
  /** What is to be known of this boot's domains after a restart of ours. Empty after a boot, as `/run` is. */
  readonly stateFolder: string;
  /** Where QEMU's logs are, a file for each domain. */
  readonly logFolder: string;
  /** Where the kernel lists this machine's network interfaces. */
  readonly interfaceFolder: string;
  /** By which libvirt here reaches libvirt at an address. */
  readonly peerUri: (address: string) => string;
  /** MiB/s for each migration; null: as much as there is. */
  readonly migrationBandwidth: () => number | null;
}

export const defaultSettings = {
  uri: "qemu:///system",
  stateFolder: "/run/evenkeel",
  logFolder: "/var/log/libvirt/qemu",
  interfaceFolder: "/sys/class/net",
  peerUri: (address: string) => `qemu+tcp://${address}/system`,
  migrationBandwidth: () => null,
} as const;
