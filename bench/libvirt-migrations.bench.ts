/**
 * How long a hundred calls at once take on a real libvirtd, alone and while five live migrations leave it. None may wait for a
 * migration: they are held at 1 MiB/s, and are still under way afterwards.
 */
import assert from "node:assert/strict";
import {
  type DomainRef,
  LibvirtClient,
  migrateFlags,
  migrateParams,
  numberOf,
  procedures,
} from "../agent/libvirt/index.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { domainXml } from "../test/support/libvirt/domain-xml.ts";
import { guestImage } from "../test/support/libvirt/guest-image.ts";
import { LibvirtCluster } from "../test/support/libvirt/libvirt-cluster.ts";
import { quantile, type Report } from "./report.ts";

export const name = "libvirt-migrations";

const migrations = 5;
const atOnce = 100;
const rounds = 20;
const flags = migrateFlags.live | migrateFlags.peerToPeer | migrateFlags.paused;

export async function run(report: Report): Promise<void> {
  const cluster = await LibvirtCluster.start(2);
  const client = new LibvirtClient({ uri: cluster.node(1).uri, clock: systemClock });
  try {
    const image = await guestImage();
    const domains: DomainRef[] = [];
    for (let number = 1; number <= migrations; number += 1) {
      const uuid = `6b1f0f4a-3c1d-4f0e-9d55-${String(number).padStart(12, "0")}`;
      const xml = domainXml(image, { name: `vm${number}`, uuid });
      domains.push(await client.call(procedures.domainCreateXml, { xml, flags: 0 }));
    }
    // The first ones wait for connections.
    await measure({ ...report, figure: () => undefined }, client, domains, "before");
    await measure(report, client, domains, "no migration");
    const ends = Promise.allSettled(
      domains.map((domain) => client.call(procedures.domainMigrate, migrationOf(domain))),
    );
    for (const domain of domains) await untilUnderWay(client, domain);
    await measure(report, client, domains, `${migrations} migrations`);
    for (const domain of domains) assert.ok(await isUnderWay(client, domain), `${domain.name} has arrived`);
    await Promise.all(domains.map((domain) => client.call(procedures.domainAbortJob, domain)));
    await ends;
  } finally {
    await client.close();
    await cluster.stop();
  }
}

async function measure(
  report: Report,
  client: LibvirtClient,
  domains: readonly DomainRef[],
  during: string,
): Promise<void> {
  const times: number[] = [];
  const timed = async (domain: DomainRef) => {
    const begun = systemClock.monotonic();
    await client.call(procedures.domainGetInfo, domain);
    times.push(systemClock.monotonic() - begun);
  };
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(Array.from({ length: atOnce / domains.length }, () => domains.map(timed)).flat());
  }
  times.sort((a, b) => a - b);
  for (const [label, part] of [
    ["median", 0.5],
    ["p99", 0.99],
    ["slowest", 1],
  ] as const) {
    report.figure(`${during}, ${label} of ${times.length} calls`, quantile(times, part), "ms");
  }
}

function migrationOf(domain: DomainRef) {
  const slow = { field: migrateParams.bandwidth, type: "ullong", value: 1n } as const;
  return { domain, destination: "qemu+tcp://node2/system", params: [slow], flags };
}

async function isUnderWay(client: LibvirtClient, domain: DomainRef): Promise<boolean> {
  const { type, params } = await client.call(procedures.domainGetJobStats, { domain, flags: 0 });
  return type === "unbounded" && (numberOf(params, "data_remaining") ?? 0) > 0;
}

async function untilUnderWay(client: LibvirtClient, domain: DomainRef): Promise<void> {
  while (!(await isUnderWay(client, domain))) await systemClock.sleep(20);
}
