/** The domains of a libvirt that are nobody's: what `keel import` reads. */
import type { Clock } from "../../../reconciler/model/clock.ts";
import { readXml } from "../../../reconciler/xml/read-xml.ts";
import { type DomainRef, LibvirtClient, procedures, xmlFlags } from "../../libvirt/index.ts";
import { asHypervisorError, isNoDomain } from "./failures.ts";
import { findRecord } from "./xml/record.ts";

export interface Stranger {
  readonly name: string;
  readonly uuid: string;
  readonly running: boolean;
  /** As `virsh dumpxml` writes it; of one that is off, what it was defined as. */
  readonly xml: string;
  /** libvirt starts it by itself when it starts. */
  readonly autostart: boolean;
}

/**
 * Reads, and changes nothing.
 * @throws HypervisorError where libvirt does not answer; RangeError where the URI is none
 */
export async function strangersAt(
  uri: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly Stranger[]> {
  const client = new LibvirtClient({ uri, clock });
  try {
    const domains = await client.call(procedures.connectListAllDomains, { flags: 0 }, { signal });
    const all = await Promise.all(domains.map((domain) => strangerOf(domain, client, signal)));
    return all.filter((one) => one !== null);
  } catch (error) {
    throw asHypervisorError(error);
  } finally {
    await client.close();
  }
}

/** null: it is ours, or has gone since it was listed. */
async function strangerOf(
  domain: DomainRef,
  client: LibvirtClient,
  signal: AbortSignal,
): Promise<Stranger | null> {
  const { name, uuid } = domain;
  const running = domain.id !== null;
  const flags = running ? 0 : xmlFlags.inactive;
  try {
    const xml = await client.call(procedures.domainGetXmlDesc, { domain, flags }, { signal });
    const reading = readXml(xml);
    if (reading.ok && findRecord(reading.root) !== undefined) return null;
    const autostart = await client.call(procedures.domainGetAutostart, domain, { signal });
    return { name, uuid, running, xml, autostart };
  } catch (error) {
    if (isNoDomain(error)) return null;
    throw error;
  }
}
