import { HypervisorError } from "../hypervisor.ts";
import { type DomainDrift, domainDrift } from "./xml/domain-drift.ts";
import type { DomainXmlOptions } from "./xml/options.ts";
import { type DomainReading, readDomainXml } from "./xml/read-domain-xml.ts";

type Ours = Extract<DomainReading, { readonly kind: "ours" }>;

/**
 * What the XML of domains says. To parse it and to compare it with what was wanted is most of an agent's work, and hardly ever
 * is it another than a moment ago: so what was made of the last one is kept.
 */
export class Readings {
  readonly #options: DomainXmlOptions;
  /** By UUID. */
  readonly #last = new Map<string, { readonly xml: string; readonly reading: DomainReading }>();
  readonly #drift = new WeakMap<Ours, readonly DomainDrift[] | null>();

  constructor(options: DomainXmlOptions) {
    this.#options = options;
  }

  /** @throws HypervisorError `refused`: it is no domain XML */
  read(uuid: string, xml: string): DomainReading {
    const last = this.#last.get(uuid);
    if (last?.xml === xml) return last.reading;
    const reading = readDomainXml(xml, this.#options);
    this.#last.set(uuid, { xml, reading });
    return reading;
  }

  /** Of all others nothing is kept. */
  keep(uuids: ReadonlySet<string>): void {
    for (const uuid of this.#last.keys()) if (!uuids.has(uuid)) this.#last.delete(uuid);
  }

  /** In what it differs from what it was made from; null: it does not say that, or nothing can be made of it. */
  driftOf(reading: Ours): readonly DomainDrift[] | null {
    const known = this.#drift.get(reading);
    if (known !== undefined) return known;
    const drift = this.#compare(reading);
    this.#drift.set(reading, drift);
    return drift;
  }

  #compare({ root, spec }: Ours): readonly DomainDrift[] | null {
    if (spec === null) return null;
    try {
      return domainDrift(root, spec, this.#options);
    } catch (error) {
      if (error instanceof HypervisorError) return null;
      throw error;
    }
  }
}
