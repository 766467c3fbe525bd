import { loadavg } from "node:os";
import type { VmName } from "../../../reconciler/model/names.ts";
import type { Processors } from "../../../reconciler/model/observed.ts";
import type { DiskSpec, DomainSpec } from "../../../reconciler/model/step.ts";
import { writeXml } from "../../../reconciler/xml/write-xml.ts";
import {
  impactFlags,
  metadataTypes,
  procedures,
  shutdownFlags,
  type StreamEvent,
} from "../../libvirt/index.ts";
import type { HardwareChange, Hypervisor, Machine, MigrationTarget, Reading } from "../hypervisor.ts";
import { HypervisorError } from "../hypervisor.ts";
import { adoptDomain } from "./adopt.ts";
import { bridgesIn } from "./bridges.ts";
import { changeField } from "./change.ts";
import { causeOf } from "./domain-log.ts";
import { incomingNamespace } from "./incoming-mark.ts";
import { Link } from "./link.ts";
import { beginMigration } from "./migration.ts";
import { OurDomains, type OurDomain } from "./our-domains.ts";
import { Runs } from "./runs.ts";
import type { LibvirtSettings } from "./settings.ts";
import { prepareVolumes, removeVolume } from "./volumes.ts";
import { domainXml } from "./xml/domain-xml.ts";
import { readProcessors } from "./xml/processors.ts";
import { metadataNamespace, metadataPrefix, unprefixedRecord } from "./xml/record.ts";

const live = impactFlags.live;

/** The hypervisor port onto the libvirt of this node. */
export class LibvirtHypervisor implements Hypervisor {
  readonly driver = "libvirt";
  readonly #settings: LibvirtSettings;
  readonly #link: Link;
  readonly #domains: OurDomains;
  readonly #runs: Runs;
  #processors: Processors | null = null;
  readonly #listeners = new Set<() => void>();

  private constructor(settings: LibvirtSettings, runs: Runs) {
    this.#settings = settings;
    this.#runs = runs;
    this.#link = new Link(settings, (event) => this.#hear(event));
    this.#domains = new OurDomains(settings, this.#link, runs);
  }

  /** Reads what an earlier agent of this boot knew; connects when first used. */
  static async open(settings: LibvirtSettings): Promise<LibvirtHypervisor> {
    return new LibvirtHypervisor(settings, await Runs.load(settings.stateFolder));
  }

  read(signal: AbortSignal): Promise<Reading> {
    return this.#domains.read(signal);
  }

  async machine(signal: AbortSignal): Promise<Machine> {
    const [node, stats, processors, bridges] = await Promise.all([
      this.#link.call(procedures.nodeGetInfo, null, { signal }),
      this.#link.call(procedures.nodeGetMemoryStats, { count: 4, cell: -1, flags: 0 }, { signal }),
      this.#processorsOnce(signal),
      bridgesIn(this.#settings.interfaceFolder),
    ]);
    const bytesOf = (...fields: readonly string[]) =>
      stats.reduce((sum, { field, value }) => sum + (fields.includes(field) ? Number(value) * 1024 : 0), 0);
    return {
      // Of the same reading as what is free of it: on some machines other sources count another total.
      memoryBytes: bytesOf("total"),
      cpus: node.cpus,
      memoryFreeBytes: bytesOf("free", "buffers", "cached"),
      load: loadavg()[0] ?? 0,
      supports: { networks: ["bridge"], pools: ["dir"], ...(bridges && { bridges }), processors },
    };
  }

  /** They change with the machine, and it with a boot. */
  async #processorsOnce(signal: AbortSignal): Promise<Processors> {
    this.#processors ??= await this.#readProcessors(signal);
    return this.#processors;
  }

  async #readProcessors(signal: AbortSignal): Promise<Processors> {
    const { type, emulator, machine, cpuModel } = this.#settings.xml;
    const context = { emulator, arch: "x86_64", machine, virtType: type, flags: 0 };
    const [host, domain] = await Promise.all([
      this.#link.call(procedures.connectGetCapabilities, null, { signal }),
      this.#link.call(procedures.connectGetDomainCapabilities, context, { signal }),
    ]);
    const processors = readProcessors(host, domain);
    // Emulated, every model can be shown, whatever libvirt says of it.
    const models = new Set(type === "qemu" ? [...processors.models, cpuModel] : processors.models);
    return { ...processors, models: [...models].sort() };
  }

  async start(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void> {
    const xml = domainXml(spec, epoch, this.#settings.xml);
    if ((await this.#domains.find(spec.vm, signal)) !== null) {
      throw new HypervisorError("exists", `there is a domain of ${spec.vm} already`);
    }
    await prepareVolumes(spec.disks, this.#settings.xml, signal);
    const domain = await this.#link.call(procedures.domainCreateXml, { xml, flags: 0 }, { signal });
    await this.#domains.started(spec, epoch, domain);
  }

  async pressPower(vm: VmName, signal: AbortSignal): Promise<void> {
    const { domain } = await this.#domains.require(vm, signal);
    const args = { domain, flags: shutdownFlags.acpiPowerButton };
    await this.#link.callGuest(procedures.domainShutdown, args, signal);
  }

  async cut(vm: VmName, signal: AbortSignal): Promise<void> {
    const found = await this.#domains.find(vm, signal);
    if (found === null) return;
    try {
      await this.#link.call(procedures.domainDestroy, { domain: found.domain, flags: 0 }, { signal });
    } catch (error) {
      if (!(error instanceof HypervisorError && error.code === "no-domain")) throw error;
    }
  }

  async change(vm: VmName, change: HardwareChange, signal: AbortSignal): Promise<void> {
    const found = await this.#domains.require(vm, signal);
    const context = { settings: this.#settings, link: this.#link, signal };
    let spec = specOf(found);
    // What came about is written down, also where the next field is refused.
    for (const field of change.fields) {
      spec = await changeField(found, spec, field, change, context);
      await this.#record(found, vm, spec, signal);
    }
  }

  async adopt(spec: DomainSpec, epoch: number, signal: AbortSignal): Promise<void> {
    await adoptDomain(this.#link, spec, epoch, signal);
  }

  async relabel(from: VmName, to: VmName, signal: AbortSignal): Promise<void> {
    const found = await this.#domains.require(from, signal);
    await this.#record(found, to, { ...specOf(found), vm: to }, signal);
  }

  async migrate(vm: VmName, target: MigrationTarget, signal: AbortSignal): Promise<void> {
    const found = await this.#domains.require(vm, signal);
    this.#domains.sentTo(found, target.node);
    await beginMigration(found, target, { settings: this.#settings, link: this.#link, signal });
  }

  async abortMigration(vm: VmName, signal: AbortSignal): Promise<void> {
    const { domain, job } = await this.#domains.require(vm, signal);
    if (job === null) return;
    await this.#link.call(procedures.domainAbortJob, domain, { signal });
  }

  async resume(vm: VmName, signal: AbortSignal): Promise<void> {
    const found = await this.#domains.require(vm, signal);
    const { domain } = found;
    this.#domains.resumed(found);
    await this.#link.call(procedures.domainResume, domain, { signal });
    const mark = { type: metadataTypes.element, metadata: null, key: null, uri: incomingNamespace };
    await this.#link.call(procedures.domainSetMetadata, { domain, flags: live, ...mark }, { signal });
  }

  async removeVolume(disk: DiskSpec, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await removeVolume(disk, this.#settings.xml);
  }

  async forgetEnd(vm: VmName, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#runs.forget(vm);
    await this.#runs.save();
  }

  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    await this.#link.close();
  }

  #hear(event: StreamEvent): void {
    this.#domains.changes.hear(event);
    if (event.kind === "lifecycle" && event.event === "started") this.#domains.began(event.domain);
    if (event.kind === "lifecycle" && event.event === "stopped") {
      this.#domains.ended(event.domain, causeOf(event.detail));
    }
    for (const listener of [...this.#listeners]) listener();
  }

  async #record({ domain, reading }: OurDomain, vm: VmName, spec: DomainSpec, signal: AbortSignal) {
    const metadata = writeXml(unprefixedRecord({ vm, epoch: reading.epoch, spec }));
    const where = { type: metadataTypes.element, key: metadataPrefix, uri: metadataNamespace };
    const args = { domain, flags: live, ...where, metadata };
    await this.#link.call(procedures.domainSetMetadata, args, { signal });
  }
}

function specOf({ reading }: OurDomain): DomainSpec {
  if (reading.spec !== null) return reading.spec;
  throw new HypervisorError(
    "refused",
    `the domain ${reading.name} does not say any more what it was made from`,
  );
}
