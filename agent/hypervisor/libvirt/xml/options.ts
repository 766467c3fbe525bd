/** What of a domain is the machine's affair, not the document's. The same on all nodes that VMs move between. */
export interface DomainXmlOptions {
  /** kvm; qemu: emulated, on machines that cannot virtualise. */
  readonly type: "kvm" | "qemu";
  /** The program; null: libvirt's choice. */
  readonly emulator: string | null;
  /** A machine type with its version: the guest sees the same machine whatever QEMU it is started by. */
  readonly machine: string;
  /** The processor that every node of the cluster can show: a model that libvirt knows. */
  readonly cpuModel: string;
  /** The folder of a `dir` pool whose document names none. */
  readonly poolFolder: (pool: string) => string;
  /** A file that keeps what the guest writes to its serial console; null: nothing does. */
  readonly consoleLog: ((vm: string) => string) | null;
}

export const defaultOptions: DomainXmlOptions = {
  type: "kvm",
  emulator: null,
  machine: "pc-q35-7.2",
  cpuModel: "Nehalem",
  poolFolder: (pool) => `/var/lib/evenkeel/pools/${pool}`,
  consoleLog: null,
};
