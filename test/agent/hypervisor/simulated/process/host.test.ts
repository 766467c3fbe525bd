import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";

import { HypervisorError } from "../../../../../agent/hypervisor/hypervisor.ts";
import { connectSimulated } from "../../../../../agent/hypervisor/simulated/process/client.ts";
import { controlSimulated } from "../../../../../agent/hypervisor/simulated/process/control.ts";
import { runSimulatedHost } from "../../../../../agent/hypervisor/simulated/process/host.ts";
import { hostSocket } from "../../../../../agent/hypervisor/simulated/process/sockets.ts";
import { systemClock } from "../../../../../reconciler/runtime/system-clock.ts";
import { domainSpec, volume } from "../../../support/steps.ts";

const never = new AbortController().signal;

/** A host in a process of its own: ready once it has written a line. */
const program = `
  const [, node, directory, host, clock] = process.argv;
  const { runSimulatedHost } = await import(host);
  const { systemClock } = await import(clock);
  const times = { startMs: 5, shutdownMs: 5 };
  const onReady = () => process.stdout.write("ready\\n");
  await runSimulatedHost({ node, directory, clock: systemClock, times, onReady }, new AbortController().signal);
`;

describe("runSimulatedHost", () => {
  let directory: string;
  const children: ChildProcess[] = [];
  const host = async (node: string): Promise<ChildProcess> => {
    const base = new URL("../../../../../", import.meta.url);
    const modules = ["agent/hypervisor/simulated/process/host.js", "reconciler/runtime/system-clock.js"];
    const urls = modules.map((path) => new URL(path, base).href);
    const child = spawn(process.execPath, ["--input-type=module", "-e", program, node, directory, ...urls], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  };
  const kill = async (child: ChildProcess) => {
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
  };

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "keel-host-"));
  });
  afterEach(async () => {
    await Promise.all(
      children
        .splice(0)
        .filter((child) => child.exitCode === null && child.signalCode === null)
        .map(kill),
    );
    await rm(directory, { recursive: true });
  });

  it("keeps its guests when a client goes, and shows them to the next one", async () => {
    await host("hv1");
    const first = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    await first.start(domainSpec("web"), 4, never);
    await first.close();
    const second = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    const { domains } = await second.read(never);
    assert.deepEqual(
      domains.map(({ vm, epoch, state }) => [vm, epoch, state]),
      [["web", 4, "running"]],
    );
    await second.close();
  });

  it("loses its guests with its process, keeps its volumes, and is another boot after", async () => {
    const child = await host("hv1");
    const hypervisor = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    const control = controlSimulated(hostSocket(directory, "hv1"), systemClock);
    await hypervisor.start(domainSpec("web", {}, [volume("root", true)]), 1, never);
    const before = await control.identity();
    await kill(child);
    await assert.rejects(
      hypervisor.read(never),
      (error) => error instanceof HypervisorError && error.code === "unreachable",
    );
    await host("hv1");
    const { domains, ended } = await hypervisor.read(never);
    assert.deepEqual([domains, ended], [[], []]);
    await hypervisor.start(domainSpec("web", {}, [volume("root", false)]), 2, never);
    assert.notEqual((await control.identity()).bootId, before.bootId);
    control.close();
    await hypervisor.close();
  });

  it("tells a listening client that a host is there again", async () => {
    const child = await host("hv1");
    const hypervisor = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    await hypervisor.read(never);
    await kill(child);
    const told = Promise.withResolvers<undefined>();
    hypervisor.onChange(() => told.resolve(undefined));
    await host("hv1");
    await told.promise;
    assert.deepEqual((await hypervisor.read(never)).domains, []);
    await hypervisor.close();
  });

  it("fails a migration whose target dies, and the guest goes on", async () => {
    await host("hv1");
    const target = await host("hv2");
    const hypervisor = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    const control = controlSimulated(hostSocket(directory, "hv1"), systemClock);
    await hypervisor.start(domainSpec("web"), 1, never);
    await control.migration("web", "hang");
    await hypervisor.migrate("web", { node: "hv2", address: null, epoch: 2, maxDowntimeMs: 300 }, never);
    const changed = new Promise<void>((resolve) => hypervisor.onChange(resolve));
    await kill(target);
    await changed;
    const [domain] = (await hypervisor.read(never)).domains;
    assert.deepEqual([domain?.state, domain?.job], ["running", null]);
    control.close();
    await hypervisor.close();
  });

  it("is switched off and on like a machine", async () => {
    await host("hv1");
    const hypervisor = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    const control = controlSimulated(hostSocket(directory, "hv1"), systemClock);
    await hypervisor.start(domainSpec("web"), 1, never);
    const before = await control.identity();
    await control.power("off");
    await assert.rejects(
      hypervisor.read(never),
      (error) => error instanceof HypervisorError && error.code === "unreachable",
    );
    assert.equal((await control.identity()).powered, false);
    await control.power("on");
    assert.deepEqual((await hypervisor.read(never)).domains, []);
    assert.notEqual((await control.identity()).bootId, before.bootId);
    control.close();
    await hypervisor.close();
  });

  it("tells whoever runs it when its power comes and goes", async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const ready = Promise.withResolvers<undefined>();
    const boots = new Set<string>();
    const onPower = ({ on, bootId }: { readonly on: boolean; readonly bootId: string }) => {
      told.push(on ? "on" : "off");
      boots.add(bootId);
      ready.resolve(undefined);
    };
    const running = runSimulatedHost({ node: "hv1", directory, clock: systemClock, onPower }, stop.signal);
    await ready.promise;
    const control = controlSimulated(hostSocket(directory, "hv1"), systemClock);
    await control.power("off");
    await control.power("on");
    control.close();
    stop.abort();
    await running;
    assert.deepEqual(told, ["on", "off", "on", "off"]);
    assert.equal(boots.size, 2);
  });

  it("lets only its owner connect, and no second host in", async () => {
    await host("hv1");
    const { mode } = await stat(hostSocket(directory, "hv1"));
    assert.equal(mode & 0o777, 0o600);
    await assert.rejects(runSimulatedHost({ node: "hv1", directory, clock: systemClock }, never), /already/);
  });

  it("hangs up on a client that does not speak its language", async () => {
    await host("hv1");
    for (const nonsense of ["hello\n", '{"v":99,"id":1,"call":"read"}\n']) {
      const socket = connect(hostSocket(directory, "hv1"));
      socket.write(nonsense);
      await once(socket, "close");
    }
  });

  it("ends when it is told to, and leaves no socket behind", async () => {
    const stop = new AbortController();
    const ready = Promise.withResolvers<undefined>();
    const onReady = () => ready.resolve(undefined);
    const running = runSimulatedHost({ node: "hv1", directory, clock: systemClock, onReady }, stop.signal);
    await ready.promise;
    const hypervisor = connectSimulated(hostSocket(directory, "hv1"), systemClock);
    await hypervisor.read(never);
    stop.abort();
    await running;
    await assert.rejects(hypervisor.read(never), HypervisorError);
    await assert.rejects(stat(hostSocket(directory, "hv1")), { code: "ENOENT" });
    await hypervisor.close();
  });

  it("refuses a directory whose path is too long for a socket", () => {
    assert.throws(() => hostSocket(`/${"long".repeat(40)}`, "hv1"), /shorter path/);
  });
});
