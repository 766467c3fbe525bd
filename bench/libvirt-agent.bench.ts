/** What the agent of a real node weighs with twenty guests: alone, and after it has looked at them for a while. */
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { RealCluster } from "../test/support/real/real-cluster.ts";
import type { Report } from "./report.ts";
import { residentMiB } from "./resident.ts";

export const name = "libvirt-agent";

const guests = 20;
const watchMs = 60_000;
const everyMs = 500;

export async function run(report: Report): Promise<void> {
  const cluster = await RealCluster.start({ nodes: 1 });
  try {
    const [node] = cluster.nodes;
    const [agent] = (await node?.machine.pidsOf("--driver")) ?? [];
    if (agent === undefined) throw new Error("there is no agent");
    report.figure("no guest", await residentMiB(agent), "MiB");
    // They have nothing to boot: what they do is no matter of the agent's.
    for (let number = 1; number <= guests; number += 1) {
      await cluster.write({ kind: "VM", name: `web${number}`, memory: "32MiB", disks: [], node: "node1" });
    }
    await cluster.apply();
    report.figure(`${guests} guests, just started`, await residentMiB(agent), "MiB");
    let most = 0;
    const endAt = systemClock.monotonic() + watchMs;
    while (systemClock.monotonic() < endAt) {
      most = Math.max(most, await residentMiB(agent));
      await systemClock.sleep(everyMs);
    }
    report.figure(`${guests} guests, most within a minute`, most, "MiB");
  } finally {
    await cluster.stop();
  }
}
