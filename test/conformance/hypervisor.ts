/**
 * What every implementation of the hypervisor port must do. A bench brings two machines that can migrate to each other,
 * the mishaps that the suite needs, and a way to let time pass.
 */
import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "node:test";

import { type Domain, type Hypervisor, HypervisorError } from "../../agent/hypervisor/hypervisor.ts";
import type { Hardware, HardwareField } from "../../reconciler/model/hardware.ts";
import type { DiskSpec, DomainSpec, NicSpec } from "../../reconciler/model/step.ts";
import { domainSpec, gibibyte, hardware, uuidOf, volume } from "../agent/support/steps.ts";

export interface HypervisorBench {
  readonly source: Hypervisor;
  readonly target: Hypervisor;
  /** By which the source knows the target. */
  readonly targetNode: string;
  /** Nobody else on the machine takes or frees memory. */
  readonly isMemoryOurs: boolean;
  /** On the source. */
  crash(vm: string): Promise<void>;
  switchOff(vm: string): Promise<void>;
  ignoreAcpi(vm: string): Promise<void>;
  migrations(vm: string, become: "fail" | "hang"): Promise<void>;
  /** Lets time pass until the call is answered. */
  answer(call: Promise<void>): Promise<void>;
  /** Lets time pass until it holds; fails after a while. */
  until(holds: () => Promise<boolean>, what: string): Promise<void>;
  close(): Promise<void>;
}

const never = new AbortController().signal;

export function hypervisorConformance(name: string, open: () => Promise<HypervisorBench>): void {
  describe(`${name} as a hypervisor`, () => {
    let bench: HypervisorBench;
    beforeEach(async () => {
      bench = await open();
    });
    afterEach(() => bench.close());
    const source = () => bench.source;

    const start = (spec: DomainSpec, epoch = 1) => bench.answer(source().start(spec, epoch, never));
    const find = async (hypervisor: Hypervisor, vm: string): Promise<Domain | null> => {
      const { domains } = await hypervisor.read(never);
      return domains.find((domain) => domain.vm === vm) ?? null;
    };
    const must = async (hypervisor: Hypervisor, vm: string): Promise<Domain> => {
      const domain = await find(hypervisor, vm);
      assert.ok(domain !== null, `no domain ${vm}`);
      return domain;
    };
    const change = (vm: string, wanted: Hardware, fields: readonly HardwareField[], spec?: DomainSpec) =>
      bench.answer(source().change(vm, { hardware: wanted, fields, spec: spec ?? null }, never));
    const untilGone = (vm: string, hypervisor = source()) =>
      bench.until(async () => (await find(hypervisor, vm)) === null, `${vm} is gone`);
    const endOf = async (vm: string) => {
      const { ended } = await source().read(never);
      return ended.find((end) => end.vm === vm) ?? null;
    };
    const code = (expected: string) => (error: unknown) =>
      error instanceof HypervisorError && error.code === expected;

    describe("starting", () => {
      it("is empty at first", async () => {
        const { domains, ended } = await source().read(never);
        assert.deepEqual({ domains, ended }, { domains: [], ended: [] });
      });

      it("shows the domain with what it was made for", async () => {
        await start(domainSpec("web", { memoryBytes: gibibyte, cpus: 1 }), 7);
        const { vm, uuid, epoch, state, live, applied, job } = await must(source(), "web");
        assert.deepEqual(
          { vm, uuid, epoch, state, job },
          { vm: "web", uuid: uuidOf("web"), epoch: 7, state: "running", job: null },
        );
        assert.deepEqual([live.memoryBytes, live.cpus], [gibibyte, 1]);
        assert.deepEqual(applied, live);
      });

      it("refuses a second domain of the same VM", async () => {
        await start(domainSpec("web"));
        const { id } = await must(source(), "web");
        await assert.rejects(start(domainSpec("web"), 2), code("exists"));
        assert.equal((await must(source(), "web")).id, id);
      });

      it("refuses a network that it has no driver for", async () => {
        const network = { name: "odd", type: "carrier-pigeon", bridge: null, vlan: null };
        const spec = { ...domainSpec("web"), nics: [{ name: "eth0", mac: "52:54:00:00:00:01", network }] };
        await assert.rejects(start(spec), code("unsupported"));
        assert.equal(await find(source(), "web"), null);
      });

      it("makes a volume at its VM's birth and finds it again", async () => {
        await start(domainSpec("web", {}, [volume("root", true)]));
        await source().cut("web", never);
        await untilGone("web");
        await start(domainSpec("web", {}, [volume("root", false)]), 2);
        assert.equal((await must(source(), "web")).epoch, 2);
      });

      it("never makes a missing volume anew", async () => {
        await source().removeVolume(volume("root", false), never);
        await assert.rejects(start(domainSpec("web", {}, [volume("root", false)])), code("volume-missing"));
        assert.equal(await find(source(), "web"), null);
      });

      it("takes the memory from what is free", async () => {
        const before = await source().machine(never);
        await start(domainSpec("web", { memoryBytes: gibibyte }));
        const after = await source().machine(never);
        assert.equal(after.memoryBytes, before.memoryBytes);
        assert.ok(after.memoryFreeBytes <= (bench.isMemoryOurs ? before.memoryFreeBytes : after.memoryBytes));
      });

      it("does nothing for a caller that has gone", async () => {
        const gone = AbortSignal.abort(new Error("gone"));
        await assert.rejects(source().start(domainSpec("web"), 1, gone), /gone/);
        assert.equal(await find(source(), "web"), null);
      });
    });

    describe("ending", () => {
      beforeEach(() => start(domainSpec("web"), 3));

      it("lets an obedient guest shut down", async () => {
        const { id } = await must(source(), "web");
        await source().pressPower("web", never);
        await untilGone("web");
        const end = await endOf("web");
        assert.deepEqual([end?.cause, end?.epoch, end?.id], ["guest", 3, id]);
      });

      it("leaves a guest alone that ignores its power button, until it is cut", async () => {
        await bench.ignoreAcpi("web");
        await source().pressPower("web", never);
        await source().pressPower("web", never);
        assert.equal((await must(source(), "web")).state, "running");
        await source().cut("web", never);
        await untilGone("web");
        assert.equal((await endOf("web"))?.cause, "cut");
      });

      it("tells a crash from a guest that switched itself off", async () => {
        await start(domainSpec("db"), 1);
        await bench.crash("web");
        await bench.switchOff("db");
        await untilGone("web");
        await untilGone("db");
        assert.equal((await endOf("web"))?.cause, "crash");
        assert.equal((await endOf("db"))?.cause, "guest");
      });

      it("remembers an end until it is told to forget", async () => {
        await bench.crash("web");
        await untilGone("web");
        assert.notEqual(await endOf("web"), null);
        await source().forgetEnd("web", never);
        assert.equal(await endOf("web"), null);
        await source().forgetEnd("web", never);
      });

      it("takes a cut of nothing for done, and a press on nothing for an error", async () => {
        await source().cut("nobody", never);
        await assert.rejects(source().pressPower("nobody", never), code("no-domain"));
      });

      it("gives a new run a new id", async () => {
        const { id } = await must(source(), "web");
        await source().cut("web", never);
        await untilGone("web");
        await start(domainSpec("web"), 4);
        assert.notEqual((await must(source(), "web")).id, id);
      });
    });

    describe("changing", () => {
      beforeEach(() => start(domainSpec("web", { memoryBytes: gibibyte, cpus: 1, maxCpus: 2 })));

      it("changes the named fields, and knows that it did", async () => {
        await change("web", hardware({ memoryBytes: gibibyte / 2, cpus: 2 }), ["memory"]);
        await bench.until(
          async () => (await must(source(), "web")).live.memoryBytes === gibibyte / 2,
          "the memory is changed",
        );
        const { live, applied } = await must(source(), "web");
        assert.deepEqual([applied.memoryBytes, live.cpus, applied.cpus], [gibibyte / 2, 1, 1]);
      });

      it("refuses to grow beyond what it was started with", async () => {
        const wanted = hardware({ memoryBytes: 4 * gibibyte });
        await assert.rejects(change("web", wanted, ["memory"]), code("refused"));
        assert.equal((await must(source(), "web")).live.memoryBytes, gibibyte);
      });

      const nicNamed = (name: string, last: number) => {
        const network = { name: "servers", type: "bridge", bridge: "br0", vlan: null };
        return { name, mac: `52:54:00:00:00:0${last}`, network };
      };
      const withDevices = (disks: readonly DiskSpec[], nics: readonly NicSpec[] = []): DomainSpec => {
        const hardwareNics = nics.map(({ name, mac, network }) => ({ name, mac, network: network.name }));
        const hardwareDisks = disks.map((disk) =>
          disk.source === "file"
            ? { name: disk.name, path: disk.path }
            : { name: disk.name, pool: disk.pool.name, volume: disk.volume },
        );
        const devices = { disks: hardwareDisks, nics: hardwareNics };
        const spec = domainSpec("web", { memoryBytes: gibibyte, cpus: 1, maxCpus: 2, ...devices }, disks);
        return { ...spec, nics };
      };
      const changeTo = async (spec: DomainSpec, field: "disks" | "nics") => {
        await change("web", spec.hardware, [field], spec);
        const { live, applied } = await must(source(), "web");
        assert.deepEqual([live[field], applied[field]], [spec.hardware[field], spec.hardware[field]]);
      };

      it("plugs disks in and out of the running domain, and knows that it did", async () => {
        const { id } = await must(source(), "web");
        await changeTo(withDevices([volume("data", true)]), "disks");
        await changeTo(withDevices([volume("data", false), volume("more", true)]), "disks");
        await changeTo(withDevices([volume("more", false)]), "disks");
        const { id: after, differences } = await must(source(), "web");
        assert.deepEqual([after, differences], [id, []]);
      });

      it("plugs cards in and out of the running domain, and into another network", async () => {
        const { id } = await must(source(), "web");
        await changeTo(withDevices([], [nicNamed("eth0", 1), nicNamed("eth1", 2)]), "nics");
        const elsewhere = { ...nicNamed("eth0", 1).network, name: "dmz", bridge: "br1" };
        await changeTo(withDevices([], [{ ...nicNamed("eth0", 1), network: elsewhere }]), "nics");
        const { id: after, differences } = await must(source(), "web");
        assert.deepEqual([after, differences], [id, []]);
      });

      it("never makes a missing volume anew for a running domain", async () => {
        const spec = withDevices([volume("lost", false)]);
        await assert.rejects(change("web", spec.hardware, ["disks"], spec), code("volume-missing"));
        assert.deepEqual((await must(source(), "web")).live.disks, []);
      });

      it("changes no device that nobody has described", async () => {
        const { hardware: wanted } = withDevices([volume("data", true)]);
        await assert.rejects(change("web", wanted, ["disks"]), code("unsupported"));
      });

      it("gives the running domain another name", async () => {
        const { id, epoch } = await must(source(), "web");
        await source().relabel("web", "shop", never);
        assert.equal(await find(source(), "web"), null);
        const renamed = await must(source(), "shop");
        assert.deepEqual([renamed.id, renamed.epoch, renamed.state], [id, epoch, "running"]);
      });
    });

    describe("migrating", () => {
      const migrate = () =>
        source().migrate(
          "web",
          { node: bench.targetNode, address: null, epoch: 6, maxDowntimeMs: 300 },
          never,
        );
      const untilNoJob = () =>
        bench.until(async () => (await must(source(), "web")).job === null, "the job is over");
      beforeEach(() => start(domainSpec("web"), 5));

      it("shows the job here and the paused copy there while it lasts", async () => {
        await bench.migrations("web", "hang");
        await migrate();
        const { job, state, epoch } = await must(source(), "web");
        assert.deepEqual([job?.to, state, epoch], [bench.targetNode, "running", 5]);
        assert.ok(job !== null && job.remainingBytes > 0 && job.remainingBytes <= job.totalBytes);
        const copy = await must(bench.target, "web");
        assert.deepEqual([copy.state, copy.epoch, copy.uuid, copy.job], ["incoming", 6, uuidOf("web"), null]);
      });

      it("ends here by migration, and there waits to be resumed", async () => {
        const { live } = await must(source(), "web");
        await migrate();
        await untilGone("web");
        const end = await endOf("web");
        assert.deepEqual([end?.cause, end?.epoch], ["migrated", 5]);
        assert.equal((await must(bench.target, "web")).state, "incoming");
        await bench.target.resume("web", never);
        const moved = await must(bench.target, "web");
        assert.deepEqual([moved.state, moved.epoch, moved.live], ["running", 6, live]);
      });

      it("keeps the domain where the job is aborted", async () => {
        await bench.migrations("web", "hang");
        await migrate();
        await source().abortMigration("web", never);
        await untilNoJob();
        assert.equal((await must(source(), "web")).state, "running");
        await untilGone("web", bench.target);
      });

      it("keeps the domain where the migration fails", async () => {
        await bench.migrations("web", "fail");
        // That may be before it is on its way, or afterwards.
        await migrate().catch((error: unknown) => assert.ok(error instanceof HypervisorError));
        await untilNoJob();
        assert.equal((await must(source(), "web")).state, "running");
        await untilGone("web", bench.target);
      });

      it("keeps the domain where the copy is cut before it is complete", async () => {
        await bench.migrations("web", "hang");
        await migrate();
        await bench.target.cut("web", never);
        await source().abortMigration("web", never);
        await untilNoJob();
        assert.equal((await must(source(), "web")).state, "running");
        assert.equal(await find(bench.target, "web"), null);
      });

      it("refuses a target that is not there, and goes on here", async () => {
        const nowhere = { node: "nowhere", address: null, epoch: 6, maxDowntimeMs: 300 };
        await assert.rejects(source().migrate("web", nowhere, never), HypervisorError);
        const { state, job } = await must(source(), "web");
        assert.deepEqual([state, job], ["running", null]);
      });

      it("takes the abort of no migration for done", async () => {
        await source().abortMigration("web", never);
        assert.equal((await must(source(), "web")).state, "running");
      });
    });

    describe("telling of changes", () => {
      it("calls back when a domain comes, changes and goes, until told not to", async () => {
        let calls = 0;
        const stop = source().onChange(() => (calls += 1));
        const more = async (act: () => Promise<unknown>, what: string) => {
          const before = calls;
          await act();
          await bench.until(async () => calls > before, `${what} is told of`);
        };
        await more(() => start(domainSpec("web")), "a start");
        await more(() => source().relabel("web", "shop", never), "a new name");
        await more(() => source().cut("shop", never), "an end");
        await untilGone("shop");
        stop();
        const before = calls;
        await start(domainSpec("web"), 2);
        assert.equal(calls, before);
      });
    });
  });
}
