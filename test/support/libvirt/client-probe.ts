/**
 * A process that asks one libvirtd a few things and prints the answers, to be run where that libvirtd can be reached:
 * `node client-probe.js URI`.
 */
import process from "node:process";
import { LibvirtClient, procedures } from "../../../agent/libvirt/index.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";

const client = new LibvirtClient({ uri: process.argv[2] ?? "", clock: systemClock });
try {
  const [hostname, domains] = await Promise.all([
    client.call(procedures.connectGetHostname, null),
    client.call(procedures.connectListAllDomains, { flags: 0 }),
  ]);
  process.stdout.write(JSON.stringify({ hostname, domains: domains.map(({ name }) => name) }));
} catch (error) {
  process.stdout.write(JSON.stringify({ error: String(error) }));
} finally {
  await client.close();
}
