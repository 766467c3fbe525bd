/**
 * A thousand questions how a domain is (`virDomainGetInfo`), on a real libvirtd: our client, virsh, and libvirt's own
 * library through an FFI. That is koffi, which nothing else here needs: `KEEL_KOFFI` names its folder, else its rows are left
 * out.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { LibvirtClient, procedures } from "../agent/libvirt/index.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { domainXml } from "../test/support/libvirt/domain-xml.ts";
import { guestImage } from "../test/support/libvirt/guest-image.ts";
import { LibvirtCluster } from "../test/support/libvirt/libvirt-cluster.ts";
import { libvirtByFfi } from "./libvirt-ffi.ts";
import { quantile, type Report } from "./report.ts";

export const name = "libvirt-calls";

const calls = 1_000;
const atOnce = 100;
const rounds = 7;
const uuid = "6b1f0f4a-3c1d-4f0e-9d55-0242ac120001";

export async function run(report: Report): Promise<void> {
  const cluster = await LibvirtCluster.start(1);
  const { uri } = cluster.node(1);
  const client = new LibvirtClient({ uri, clock: systemClock });
  const ways: [label: string, thousand: () => Promise<void> | void][] = [];
  try {
    const xml = domainXml(await guestImage(), { name: "web", uuid });
    const domain = await client.call(procedures.domainCreateXml, { xml, flags: 0 });
    await client.call(procedures.domainSuspend, domain);
    const info = async () =>
      assert.equal((await client.call(procedures.domainGetInfo, domain)).state, "paused");
    ways.push([
      "our client, one after the other",
      async () => {
        for (let call = 0; call < calls; call += 1) await info();
      },
    ]);
    ways.push([
      `our client, ${atOnce} at once`,
      async () => {
        for (let done = 0; done < calls; done += atOnce)
          await Promise.all(Array.from({ length: atOnce }, info));
      },
    ]);
    ways.push(["virsh, one process for all of them", () => virshInfos(uri)]);
    const ffi = await libvirtByFfi(process.env["KEEL_KOFFI"], uri, "web");
    if (ffi === null) console.log("KEEL_KOFFI names no koffi: nothing is measured by FFI");
    else {
      const paused = 3;
      ways.push([
        "FFI, blocking the thread",
        () => {
          for (let call = 0; call < calls; call += 1) assert.equal(ffi.state(), paused);
        },
      ]);
      ways.push([
        "FFI on the thread pool, one after the other",
        async () => {
          for (let call = 0; call < calls; call += 1) assert.equal(await ffi.stateByThread(), paused);
        },
      ]);
      ways.push([
        `FFI on the thread pool, ${atOnce} at once`,
        async () => {
          for (let done = 0; done < calls; done += atOnce) {
            await Promise.all(Array.from({ length: atOnce }, () => ffi.stateByThread()));
          }
        },
      ]);
    }
    await measure(report, ways);
  } finally {
    await client.close();
    await cluster.stop();
  }
}

/** Microseconds a call, the median of some rounds. All ways take turns, so that they share what else the machine does. */
async function measure(
  report: Report,
  ways: readonly (readonly [label: string, thousand: () => Promise<void> | void])[],
): Promise<void> {
  const times = ways.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, [, thousand]] of ways.entries()) {
      const begun = systemClock.monotonic();
      await thousand();
      // The first round is a warm-up.
      if (round > 0) times[index]?.push(((systemClock.monotonic() - begun) * 1_000) / calls);
    }
  }
  for (const [index, [label]] of ways.entries()) {
    const sorted = (times[index] ?? []).sort((a, b) => a - b);
    report.figure(label, quantile(sorted, 0.5), "µs");
  }
}

/** Its commands on its standard input, as one types them. */
async function virshInfos(uri: string): Promise<void> {
  const virsh = spawn("virsh", ["-q", "-c", uri], { stdio: ["pipe", "ignore", "inherit"] });
  virsh.stdin.end("dominfo web\n".repeat(calls));
  const closed: readonly unknown[] = await once(virsh, "close");
  assert.equal(closed[0], 0);
}
