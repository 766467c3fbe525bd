import { processorOf } from "./xml/processors.ts";
import type { NodeName, VmName } from "../../../reconciler/model/names.ts";
import type { DomainSpec } from "../../../reconciler/model/step.ts";
import {
  type DomainRef,
  type DomainStatus,
  jobOperations,
  type JobStats,
  listFlags,
  numberOf,
  procedures,
} from "../../libvirt/index.ts";
import {
  type Domain,
  type DomainEnd,
  HypervisorError,
  type MigrationJob,
  type Reading,
} from "../hypervisor.ts";
import { differencesOf, type Examined } from "./differences.ts";
import { causeByLog } from "./domain-log.ts";
import { HeardChanges } from "./heard-changes.ts";
import { isMarked } from "./incoming-mark.ts";
import type { Silent } from "./guest-calls.ts";
import type { Link } from "./link.ts";
import { Readings } from "./readings.ts";
import type { Run, Runs } from "./runs.ts";
import type { LibvirtSettings } from "./settings.ts";
import type { DomainReading } from "./xml/read-domain-xml.ts";

type Ours = Extract<DomainReading, { readonly kind: "ours" }>;

/** A domain that runs here, as libvirt tells of it at one moment. */
export interface OurDomain {
  readonly domain: DomainRef;
  readonly reading: Ours;
  readonly status: DomainStatus;
  readonly incoming: boolean;
  readonly definition: Examined["definition"];
  /** A migration away from here. */
  readonly job: JobStats | Silent | null;
}

type TransferProgress = Omit<MigrationJob, "to">;

/** Whatever is told later is less. */
const noProgress: TransferProgress = { totalBytes: 0, remainingBytes: Number.MAX_SAFE_INTEGER };

interface Look {
  readonly ours: readonly OurDomain[];
  readonly unmanaged: Reading["unmanaged"];
}

/** What was heard of ends, until a reading has seen them gone; a bound for those of strangers. */
const heardLimit = 1_000;

/** Our domains among all that libvirt has, and how those that were there ended. */
export class OurDomains {
  readonly #settings: LibvirtSettings;
  readonly #link: Link;
  readonly #runs: Runs;
  readonly #heard = new Map<string, DomainEnd["cause"]>();
  /** By run; of those that migrate. */
  readonly #lastProgress = new Map<string, TransferProgress>();
  readonly #readings: Readings;
  readonly changes: HeardChanges;

  constructor(settings: LibvirtSettings, link: Link, runs: Runs) {
    this.#settings = settings;
    this.#link = link;
    this.#runs = runs;
    this.#readings = new Readings(settings.xml);
    this.changes = new HeardChanges(settings.clock);
  }

  async read(signal: AbortSignal): Promise<Reading> {
    // One that begins during the look may not be in it.
    const before = this.#runs.all;
    const { ours, unmanaged } = await this.#look(signal);
    const present = new Set(ours.map(runId));
    for (const run of before) if (!present.has(run.id)) await this.#end(run);
    const domains = ours.map((one) => this.#domainOf(one));
    await this.#runs.save();
    return { domains, ended: this.#runs.ended, unmanaged };
  }

  async find(vm: VmName, signal: AbortSignal): Promise<OurDomain | null> {
    const { ours } = await this.#look(signal);
    return ours.find(({ reading }) => reading.vm === vm) ?? null;
  }

  /** @throws HypervisorError `no-domain` */
  async require(vm: VmName, signal: AbortSignal): Promise<OurDomain> {
    const found = await this.find(vm, signal);
    if (found === null) throw new HypervisorError("no-domain", `there is no domain of ${vm}`);
    return found;
  }

  /** It is there, though no reading has seen it yet. */
  async started(spec: DomainSpec, epoch: number, domain: DomainRef): Promise<void> {
    const { vm, uuid } = spec;
    const id = idOf(epoch, domain);
    const since = this.#settings.clock.now();
    this.#runs.see({ id, vm, epoch, domainName: domain.name, uuid, since, incoming: false, to: null });
    await this.#runs.save();
  }

  /** It runs from now on, so that its end will be one. */
  resumed(one: OurDomain): void {
    this.#runs.see({ ...this.#runOf(one), incoming: false });
  }

  /** A new run begins: what was heard of an end was of another. */
  began({ uuid }: DomainRef): void {
    const [run] = this.#runs.ofDomain(uuid);
    if (run === undefined) this.#heard.delete(uuid);
  }

  /** libvirt said that this run ended; the next reading counts it. */
  ended(domain: DomainRef, cause: DomainEnd["cause"]): void {
    this.#heard.set(domain.uuid, cause);
    const oldest = this.#heard.keys().next();
    if (this.#heard.size > heardLimit && oldest.done === false) this.#heard.delete(oldest.value);
  }

  sentTo(one: OurDomain, to: NodeName): void {
    this.#runs.see({ ...this.#runOf(one), to });
  }

  async #look(signal: AbortSignal): Promise<Look> {
    const all = await this.#link.call(procedures.connectListAllDomains, { flags: 0 }, { signal });
    const read = await Promise.all(all.map((domain) => this.#readOne(domain, signal)));
    const running = await this.#link.call(
      procedures.connectListAllDomains,
      { flags: listFlags.active },
      { signal },
    );
    this.#readings.keep(new Set(all.map(({ uuid }) => uuid)));
    const active = new Set(running.map(({ uuid }) => uuid));
    const ours: OurDomain[] = [];
    const unmanaged: Reading["unmanaged"][number][] = [];
    for (const one of read) {
      if (one === null) continue;
      const { reading, domain } = one;
      if (reading.kind === "damaged") throw new HypervisorError("refused", reading.why);
      if (reading.kind === "ours") {
        if (domain.id !== null) ours.push({ ...one, reading });
      } else {
        const { name, memoryBytes } = reading;
        const { uuid } = domain;
        unmanaged.push({ name, memoryBytes, running: active.has(uuid), uuid });
      }
    }
    return { ours, unmanaged };
  }

  /** Null: it has gone since it was listed. */
  async #readOne(
    domain: DomainRef,
    signal: AbortSignal,
  ): Promise<(Omit<OurDomain, "reading"> & { readonly reading: DomainReading }) | null> {
    try {
      const args = { domain, flags: 0 };
      const [xml, status] = await Promise.all([
        this.#link.call(procedures.domainGetXmlDesc, args, { signal }),
        this.#link.call(procedures.domainGetState, args, { signal }),
      ]);
      const reading = this.#readings.read(domain.uuid, xml);
      const isOff = domain.id === null || status.state === "shutoff";
      const isOurs = reading.kind === "ours" && !isOff;
      const definition = isOurs ? await this.#definitionOf(domain, signal) : "none";
      const incoming = isMarked(xml);
      const mayLeave = isOurs && !isCopy({ incoming, status });
      const job = mayLeave ? await this.#jobOf(domain, signal) : null;
      const current = isOff ? { ...domain, id: null } : domain;
      return { domain: current, reading, status, incoming, definition, job };
    } catch (error) {
      if (error instanceof HypervisorError && error.code === "no-domain") return null;
      throw error;
    }
  }

  async #definitionOf(domain: DomainRef, signal: AbortSignal): Promise<Examined["definition"]> {
    if (!(await this.#link.call(procedures.domainIsPersistent, domain, { signal }))) return "none";
    return (await this.#link.call(procedures.domainGetAutostart, domain, { signal })) ? "autostart" : "kept";
  }

  async #jobOf(domain: DomainRef, signal: AbortSignal): Promise<OurDomain["job"]> {
    const stats = await this.#link.jobOf(domain, signal);
    if (stats === "silent") return stats;
    const isRunning = stats.type === "bounded" || stats.type === "unbounded";
    const isOurs = numberOf(stats.params, "operation") === jobOperations.migrationOut;
    return isRunning && isOurs ? stats : null;
  }

  async #end(run: Run): Promise<void> {
    const cause = this.#heard.get(run.uuid) ?? (await causeByLog(this.#settings.logFolder, run.domainName));
    this.#heard.delete(run.uuid);
    this.#lastProgress.delete(run.id);
    this.#runs.end(run, cause, this.#settings.clock.now());
  }

  #domainOf(one: OurDomain): Domain {
    const { reading, status, incoming, job } = one;
    const run = this.#runOf(one);
    this.#runs.see(run);
    const runs = status.state === "running" || status.state === "blocked";
    return {
      vm: reading.vm,
      uuid: reading.uuid,
      epoch: reading.epoch,
      id: run.id,
      state: runs ? "running" : incoming ? "incoming" : "paused",
      since: run.since,
      live: reading.live,
      applied: reading.applied,
      processor: processorOf(reading.root),
      differences: differencesOf(one, this.#readings.driftOf(reading), this.changes),
      job: this.#migrationOf(run, job),
    };
  }

  /** Of one that does not answer all that is known is whether it was ever sent away, and how far it was. */
  #migrationOf({ id, to }: Run, job: OurDomain["job"]): MigrationJob | null {
    const mayBeUnderWay = job === "silent" ? to !== null : job !== null;
    if (!mayBeUnderWay || job === null) {
      this.#lastProgress.delete(id);
      return null;
    }
    const progress = job === "silent" ? (this.#lastProgress.get(id) ?? noProgress) : progressOf(job);
    this.#lastProgress.set(id, progress);
    return { to: to ?? "", ...progress };
  }

  #runOf(one: OurDomain): Run {
    const { domain, reading } = one;
    const id = runId(one);
    const known = this.#runs.find(id);
    return {
      id,
      vm: reading.vm,
      epoch: reading.epoch,
      domainName: domain.name,
      uuid: domain.uuid,
      since: known?.since ?? this.#settings.clock.now(),
      incoming: isCopy(one),
      to: known?.to ?? null,
    };
  }
}

/** It came in, and was not resumed yet. */
function isCopy({ incoming, status }: Pick<OurDomain, "incoming" | "status">): boolean {
  return incoming && status.state === "paused";
}

/** libvirt counts runs from 1 on after each of its own starts without domains; the epoch tells those apart. */
function idOf(epoch: number, { id }: DomainRef): string {
  return `${epoch}.${id ?? "off"}`;
}

function runId({ domain, reading }: OurDomain): string {
  return idOf(reading.epoch, domain);
}

/** Before the transfer begins nothing is known of its size, and all of it remains. */
function progressOf({ params }: JobStats): TransferProgress {
  const totalBytes = numberOf(params, "data_total") ?? 0;
  return { totalBytes, remainingBytes: Math.min(totalBytes, numberOf(params, "data_remaining") ?? 0) };
}
