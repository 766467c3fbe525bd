import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { Hypervisor } from "../../agent/hypervisor/hypervisor.ts";
import { SimulatedNetwork } from "../../agent/hypervisor/simulated/network.ts";
import { connectSimulated } from "../../agent/hypervisor/simulated/process/client.ts";
import { controlSimulated } from "../../agent/hypervisor/simulated/process/control.ts";
import { runSimulatedHost } from "../../agent/hypervisor/simulated/process/host.ts";
import { hostSocket } from "../../agent/hypervisor/simulated/process/sockets.ts";
import { SimulatedHypervisor } from "../../agent/hypervisor/simulated/simulated-hypervisor.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { hypervisorConformance, type HypervisorBench } from "./hypervisor.ts";

hypervisorConformance("the simulated machine", async () => {
  const clock = new FakeClock();
  const network = new SimulatedNetwork();
  const machine = network.add({ node: "hv1", clock });
  const target = network.add({ node: "hv2", clock });
  return {
    source: new SimulatedHypervisor(machine, clock),
    target: new SimulatedHypervisor(target, clock),
    targetNode: "hv2",
    isMemoryOurs: true,
    crash: async (vm) => machine.crash(vm),
    switchOff: async (vm) => machine.switchOff(vm),
    ignoreAcpi: async (vm) => network.habits.setAcpi(vm, "ignore"),
    migrations: async (vm, become) => network.habits.setMigration(vm, become),
    answer: async (call) => {
      const settled = Promise.allSettled([call]);
      await clock.advance(10_000);
      await settled;
      return call;
    },
    until: async (holds, what) => {
      await clock.advance(0);
      for (let waited = 0; !(await holds()); waited += 100) {
        assert.ok(waited < 60_000, `not within a minute: ${what}`);
        await clock.advance(100);
      }
    },
    close: async () => undefined,
  };
});

hypervisorConformance("the simulated host in a process of its own", async () => {
  const clock = systemClock;
  const directory = await mkdtemp(join(tmpdir(), "keel-hosts-"));
  const stop = new AbortController();
  const times = { startMs: 5, shutdownMs: 5, migrationBytesPerSecond: 100 * 2 ** 30 };
  const hosts = ["hv1", "hv2"].map((node) => {
    const ready = Promise.withResolvers<undefined>();
    const onReady = () => ready.resolve(undefined);
    const host = runSimulatedHost({ node, directory, clock, times, onReady }, stop.signal);
    return { host, ready: ready.promise };
  });
  await Promise.all(hosts.map(({ ready }) => ready));
  const source = connectSimulated(hostSocket(directory, "hv1"), clock);
  const target = connectSimulated(hostSocket(directory, "hv2"), clock);
  const control = controlSimulated(hostSocket(directory, "hv1"), clock);
  return {
    source,
    target,
    targetNode: "hv2",
    isMemoryOurs: true,
    crash: (vm) => control.guest(vm, "crash"),
    switchOff: (vm) => control.guest(vm, "poweroff"),
    ignoreAcpi: (vm) => control.guest(vm, "ignore-acpi"),
    migrations: (vm, become) => control.migration(vm, become),
    answer: (call) => call,
    until: (holds, what) => untilByChanges([source, target], holds, what),
    close: async () => {
      control.close();
      await source.close();
      await target.close();
      stop.abort();
      await Promise.all(hosts.map(({ host }) => host));
      await rm(directory, { recursive: true });
    },
  } satisfies HypervisorBench;
});

/** Checks again after each change that one of the hypervisors tells of. */
async function untilByChanges(
  hypervisors: readonly Hypervisor[],
  holds: () => Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = AbortSignal.timeout(10_000);
  let next = Promise.withResolvers<undefined>();
  const ring = () => next.resolve(undefined);
  const stops = hypervisors.map((hypervisor) => hypervisor.onChange(ring));
  deadline.addEventListener("abort", ring);
  try {
    while (!(await holds())) {
      assert.ok(!deadline.aborted, `not in time: ${what}`);
      await next.promise;
      next = Promise.withResolvers();
    }
  } finally {
    for (const stop of stops) stop();
  }
}
