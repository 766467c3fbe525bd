// Needs: libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe } from "node:test";

import type { Hypervisor } from "../../agent/hypervisor/hypervisor.ts";
import { LibvirtHypervisor } from "../../agent/hypervisor/libvirt/libvirt-hypervisor.ts";
import { defaultSettings } from "../../agent/hypervisor/libvirt/settings.ts";
import { defaultOptions } from "../../agent/hypervisor/libvirt/xml/options.ts";
import { silentLog } from "../../reconciler/runtime/log.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { type GuestImage, guestImage } from "../support/libvirt/guest-image.ts";
import { inFolder, TestGuests } from "../support/libvirt/guests.ts";
import { LibvirtCluster } from "../support/libvirt/libvirt-cluster.ts";
import { hypervisorConformance, type HypervisorBench } from "./hypervisor.ts";

const never = new AbortController().signal;
const patienceMs = 120_000;
/** So slow that it does not end while a test looks at it. */
const hangingMiBps = 1;

describe("with real libvirtds", () => {
  let cluster: LibvirtCluster;
  let image: GuestImage;
  before(async () => {
    image = await guestImage();
    cluster = await LibvirtCluster.start(2);
    for (const bridge of ["br0", "br1"]) await cluster.node(1).addBridge(bridge);
  });
  after(() => cluster.stop());

  hypervisorConformance("libvirt", async () => {
    const guests = new TestGuests(image);
    let bandwidth: number | null = null;
    const pools = join(cluster.folder, "pools");
    const open = (number: number) => {
      const node = cluster.node(number);
      return LibvirtHypervisor.open({
        ...defaultSettings,
        uri: node.uri,
        clock: systemClock,
        log: silentLog,
        stateFolder: join(node.folder, "state"),
        logFolder: join(node.folder, "log", "qemu"),
        migrationBandwidth: () => bandwidth,
        xml: {
          ...defaultOptions,
          type: "qemu",
          cpuModel: "qemu64",
          poolFolder: (pool) => join(pools, pool),
          consoleLog: guests.consoleLog,
        },
      });
    };
    const [machine, target] = await Promise.all([open(1), open(2)]);
    const node = cluster.node(1);
    const source: Hypervisor = {
      ...bound(machine),
      start: (spec, epoch, signal) => machine.start(guests.dressed(spec), epoch, signal),
      change: async (vm, change, signal) => {
        // Only a guest that has booted lets go of what it has.
        if (change.spec !== null) await guests.up(node, vm);
        const spec = change.spec === null ? null : guests.dressed(change.spec);
        await machine.change(vm, { ...change, spec }, signal);
      },
      removeVolume: (disk, signal) => machine.removeVolume(inFolder(disk), signal),
      pressPower: async (vm, signal) => {
        if ((await machine.read(signal)).domains.some((domain) => domain.vm === vm)) {
          await guests.up(node, vm);
        }
        await machine.pressPower(vm, signal);
      },
    };
    const failSoon = async (vm: string) => {
      for (;;) {
        const { domains } = await machine.read(never);
        if (domains.some((domain) => domain.vm === vm && (domain.job?.remainingBytes ?? 0) > 0)) break;
        await systemClock.sleep(20);
      }
      await guests.kill(cluster.node(2), vm);
    };
    return {
      source,
      target,
      targetNode: "node2",
      isMemoryOurs: false,
      crash: (vm) => guests.kill(node, vm),
      switchOff: (vm) => guests.tell(node, vm, "off"),
      ignoreAcpi: (vm) => guests.tell(node, vm, "deaf"),
      migrations: async (vm, become) => {
        bandwidth = hangingMiBps;
        if (become === "fail") void failSoon(vm);
      },
      answer: (call) => call,
      until: async (holds, what) => {
        const giveUpAt = systemClock.monotonic() + patienceMs;
        while (!(await holds())) {
          assert.ok(systemClock.monotonic() < giveUpAt, `not in time: ${what}`);
          await systemClock.sleep(50);
        }
      },
      close: async () => {
        await Promise.all([machine.close(), target.close()]);
        for (const each of cluster.nodes) {
          await each.destroyAll();
          await rm(join(each.folder, "state"), { recursive: true, force: true });
        }
        await rm(pools, { recursive: true, force: true });
      },
    } satisfies HypervisorBench;
  });
});

/** The port of an object with methods, so that some may be wrapped. */
function bound(machine: LibvirtHypervisor): Hypervisor {
  return {
    driver: machine.driver,
    read: (...args) => machine.read(...args),
    machine: (...args) => machine.machine(...args),
    start: (...args) => machine.start(...args),
    pressPower: (...args) => machine.pressPower(...args),
    cut: (...args) => machine.cut(...args),
    change: (...args) => machine.change(...args),
    adopt: (...args) => machine.adopt(...args),
    relabel: (...args) => machine.relabel(...args),
    migrate: (...args) => machine.migrate(...args),
    abortMigration: (...args) => machine.abortMigration(...args),
    resume: (...args) => machine.resume(...args),
    removeVolume: (...args) => machine.removeVolume(...args),
    forgetEnd: (...args) => machine.forgetEnd(...args),
    onChange: (callback) => machine.onChange(callback),
    close: () => machine.close(),
  };
}
