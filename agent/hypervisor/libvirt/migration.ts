import {
  migrateFlags,
  migrateParams,
  numberOf,
  procedures,
  type TypedParam,
  xmlFlags,
} from "../../libvirt/index.ts";
import { HypervisorError, type MigrationTarget } from "../hypervisor.ts";
import { withMark } from "./incoming-mark.ts";
import type { Link } from "./link.ts";
import type { OurDomain } from "./our-domains.ts";
import type { LibvirtSettings } from "./settings.ts";
import { withEpoch } from "./xml/domain-xml.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

interface Context {
  readonly settings: LibvirtSettings;
  readonly link: Link;
  readonly signal: AbortSignal;
}

/** Between two looks at whether the transfer has begun. */
const pollMs = 100;

/**
 * From server to server, so that it does not depend on us; paused at its end, so that the copy runs only once it is
 * resumed; transient, so that nothing of it is left here.
 */
const flags = migrateFlags.live | migrateFlags.peerToPeer | migrateFlags.paused;

/**
 * Answers once memory is on its way. What becomes of it is read, never taken from libvirt's answer: that may be lost.
 *
 * @throws HypervisorError where it ended before that.
 */
export async function beginMigration(
  { domain }: OurDomain,
  target: MigrationTarget,
  { settings, link, signal }: Context,
): Promise<void> {
  const address = target.address ?? target.node;
  const xml = await link.call(
    procedures.domainGetXmlDesc,
    { domain, flags: xmlFlags.migratable },
    { signal },
  );
  const bandwidth = settings.migrationBandwidth();
  const params: TypedParam[] = [
    { field: migrateParams.destinationXml, type: "string", value: withMark(withEpoch(xml, target.epoch)) },
    { field: migrateParams.uri, type: "string", value: `tcp://${hostPart(address)}` },
  ];
  if (bandwidth !== null) {
    params.push({ field: migrateParams.bandwidth, type: "ullong", value: BigInt(bandwidth) });
  }
  const over = new AbortController();
  const outcome: { failure: HypervisorError | null } = { failure: null };
  // Nobody's signal: it goes on when the step that began it is given up, until it is aborted.
  const call = { domain, destination: settings.peerUri(hostPart(address)), params, flags };
  void link
    .call(procedures.domainMigrate, call, { signal: new AbortController().signal })
    .catch((error: unknown) => {
      const why = messageOf(error);
      outcome.failure = error instanceof HypervisorError ? error : new HypervisorError("refused", why);
      settings.log.info("a migration ended with an error", { domain: domain.name, error: why });
    })
    .finally(() => over.abort());
  for (;;) {
    if (over.signal.aborted) break;
    const stats = await statsOf();
    if (stats !== null && (numberOf(stats.params, "data_remaining") ?? 0) > 0) break;
    await settings.clock.sleep(pollMs, signal);
  }
  if (outcome.failure !== null) throw outcome.failure;
  if (!over.signal.aborted) await setDowntime();

  async function statsOf() {
    try {
      return await link.call(procedures.domainGetJobStats, { domain, flags: 0 }, { signal });
    } catch (error) {
      if (error instanceof HypervisorError && error.code === "no-domain") return null;
      throw error;
    }
  }

  /** Only a migration that has begun takes it; one that has ended meanwhile needs none. */
  async function setDowntime(): Promise<void> {
    const args = { domain, milliseconds: target.maxDowntimeMs, flags: 0 };
    try {
      await link.call(procedures.domainMigrateSetMaxDowntime, args, { signal });
    } catch (error) {
      if (!(error instanceof HypervisorError) || error.code === "unreachable") throw error;
      settings.log.debug("the downtime could not be set", { domain: domain.name, error: error.message });
    }
  }
}

function hostPart(address: string): string {
  return address.includes(":") ? `[${address}]` : address;
}
