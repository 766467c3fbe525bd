import type { Clock } from "../../../../reconciler/model/clock.ts";
import type { Hypervisor } from "../../hypervisor.ts";
import { HostLink } from "./host-link.ts";

/**
 * The hypervisor port onto a simulated host in another process. Connects when first used, and again whenever the
 * connection ends; until then calls fail with `unreachable`.
 */
export function connectSimulated(socketPath: string, clock: Clock): Hypervisor {
  const link = new HostLink(socketPath, clock);
  const done = () => undefined;
  return {
    driver: "simulated",
    read: (signal) => link.call("read", {}, signal),
    machine: (signal) => link.call("machine", {}, signal),
    start: (spec, epoch, signal) => link.call("start", { spec, epoch }, signal).then(done),
    pressPower: (vm, signal) => link.call("press-power", { vm }, signal).then(done),
    cut: (vm, signal) => link.call("cut", { vm }, signal).then(done),
    change: (vm, change, signal) => link.call("change", { vm, change }, signal).then(done),
    adopt: (spec, epoch, signal) => link.call("adopt", { spec, epoch }, signal).then(done),
    relabel: (from, to, signal) => link.call("relabel", { from, to }, signal).then(done),
    migrate: (vm, target, signal) => link.call("migrate", { vm, target }, signal).then(done),
    abortMigration: (vm, signal) => link.call("abort-migration", { vm }, signal).then(done),
    resume: (vm, signal) => link.call("resume", { vm }, signal).then(done),
    removeVolume: (disk, signal) => link.call("remove-volume", { disk }, signal).then(done),
    forgetEnd: (vm, signal) => link.call("forget-end", { vm }, signal).then(done),
    onChange: (callback) => link.onChange(callback),
    close: async () => link.close(),
  };
}
