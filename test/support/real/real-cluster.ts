/**
 * A whole cluster of real programs on this machine: an etcd of three members, a reconciler that watches a folder, and
 * nodes made of namespaces, each with libvirtd, a heartbeat and an agent. Commands run in this process, as those of an
 * administrator on a machine of his own.
 */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { run } from "../../../cli/run.ts";
import { ClusterFeed } from "../../../reconciler/control/cluster-feed.ts";
import { planOf, reportCluster } from "../../../reconciler/control/report/cluster-report.ts";
import type {
  ClusterReport,
  NodeReport,
  StepProgressReport,
  VmReport,
} from "../../../reconciler/model/report.ts";
import { silentLog } from "../../../reconciler/runtime/log.ts";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { connectStore } from "../../../reconciler/store/etcd/etcd-store.ts";
import { clusterKeys } from "../../../reconciler/store/keys.ts";
import type { Store } from "../../../reconciler/store/store.ts";
import { makeWorld, type Outcome } from "../../cli/run-keel.ts";
import { type EtcdCluster, startEtcdCluster } from "../etcd-cluster.ts";
import { KeelProcess } from "../keel-process.ts";
import { ipmiPassword } from "../fence/ipmi-simulator.ts";
import { guestImage } from "../libvirt/guest-image.ts";
import { TestGuests } from "../libvirt/guests.ts";
import { LibvirtCluster } from "../libvirt/libvirt-cluster.ts";
import { untilSeen } from "../until-seen.ts";
import { Consoles } from "./consoles.ts";
import { RealNode } from "./real-node.ts";

export interface RealClusterOptions {
  readonly nodes?: number;
  /** More fields of the Cluster document. */
  readonly cluster?: object;
  /** More fields of each Node document. */
  readonly node?: (name: string) => object;
  /** Each node is behind a power device. */
  readonly power?: boolean;
}

/** A document as it is written in the folder. */
export type Fields = Readonly<Record<string, unknown>>;

const clusterName = "lab";
/** Far more than anything here takes, on the slowest machine. */
const patienceMs = 120_000;
/** Time alone changes some states. */
const lookEveryMs = 500;
/** MiB/s, of libvirt. */
const [slowMiBps, fastMiBps] = [1, 1_000];

export class RealCluster {
  readonly machines: LibvirtCluster;
  readonly etcd: EtcdCluster;
  readonly nodes: readonly RealNode[];
  readonly reconciler: KeelProcess;
  readonly guests: TestGuests;
  readonly consoles: Consoles;
  readonly store: Store;
  readonly feed: ClusterFeed;
  readonly #ending = new AbortController();
  readonly #feeding: Promise<void>;

  private constructor(machines: LibvirtCluster, etcd: EtcdCluster, guests: TestGuests) {
    this.machines = machines;
    this.etcd = etcd;
    this.guests = guests;
    const daemonArgs = ["--store", etcd.networkEndpoints.join(","), "--cluster", clusterName];
    this.nodes = machines.nodes.map((machine) => new RealNode(machine, daemonArgs));
    this.consoles = new Consoles(guests, machines.nodes);
    this.reconciler = this.#reconciler("one", daemonArgs, ["--source", join(this.folder, "cluster.d")]);
    this.store = connectStore({ endpoints: etcd.endpoints, clock: systemClock });
    const { root } = clusterKeys(clusterName);
    this.feed = new ClusterFeed({ store: this.store, root, clock: systemClock, log: silentLog });
    this.#feeding = this.feed.run(this.#ending.signal);
  }

  /** Resolves once the nodes are in force, and ready. */
  static async start({
    nodes = 3,
    cluster = {},
    node,
    power = false,
  }: RealClusterOptions = {}): Promise<RealCluster> {
    const [image, machines] = await Promise.all([guestImage(), LibvirtCluster.start(nodes)]);
    const network = { address: machines.address, launcher: machines.entering() };
    const etcd = await startEtcdCluster({ members: 3, network });
    const real = new RealCluster(machines, etcd, new TestGuests(image));
    try {
      await mkdir(join(real.folder, "cluster.d"));
      await real.write({ kind: "Cluster", name: clusterName, ...cluster });
      for (const { name } of real.nodes) {
        const bmc = power ? { bmc: await real.#installPowerDevice(name) } : {};
        await real.write({ kind: "Node", name, ...bmc, ...node?.(name) });
      }
      await Promise.all(real.nodes.map((one) => one.boot()));
      real.reconciler.start();
      await real.apply();
      await real.until("all nodes are ready", ({ nodes: all }) => all.every((one) => one.state === "ready"));
    } catch (error) {
      await real.stop();
      throw error;
    }
    return real;
  }

  /** Every node sees it, at the same path; the desired state is in its `cluster.d`. */
  get folder(): string {
    return this.machines.folder;
  }

  /** By its name, which is `node1` for the first. */
  node(name: string): RealNode {
    const found = this.nodes.find((node) => node.name === name);
    assert.ok(found, `there is no ${name}`);
    return found;
  }

  /** Writes one document, in a file of its own. Nothing is in force before `apply`. */
  async write(document: Fields & { readonly kind: string; readonly name: string }): Promise<void> {
    const path = join(this.folder, "cluster.d", `${document.kind.toLowerCase()}-${document.name}.yaml`);
    await writeFile(path, stringify(document));
  }

  /** Writes the document of a VM that boots the test guest. */
  async writeVm(name: string, fields: Fields = {}): Promise<void> {
    const xml = this.guests.xmlOf(name);
    const guest = {
      memory: "80MiB",
      cpus: 1,
      disks: [],
      shutdown: { timeout: "60s" },
      restart: { backoff: "1s" },
    };
    await this.write({ kind: "VM", name, ...guest, domain: { xml }, ...fields });
  }

  /** One command, to its end. */
  async keel(...args: readonly string[]): Promise<Outcome> {
    const env = { KEEL_STORE: this.etcd.endpoints.join(","), KEEL_CLUSTER: clusterName };
    const { world, out, err } = makeWorld({ cwd: this.folder, env });
    const exit = await run(args, { ...world, random: (bytes) => randomBytes(bytes) });
    return { exit, out: out(), err: err() };
  }

  /** The same, which has to succeed. */
  async succeed(...args: readonly string[]): Promise<Outcome> {
    const outcome = await this.keel(...args);
    assert.equal(outcome.exit, 0, `keel ${args.join(" ")}\n${outcome.out}${outcome.err}`);
    return outcome;
  }

  /** Puts the folder into force; resolves once all of it is done. */
  apply(): Promise<Outcome> {
    return this.succeed("apply", "-y");
  }

  /** As every command shows it. */
  report(): ClusterReport {
    const now = systemClock.now();
    const { state } = this.feed;
    return reportCluster(state, planOf(state, now), now);
  }

  vm(name: string): VmReport {
    const found = this.report().vms.find((vm) => vm.name === name);
    assert.ok(found, `there is no ${name}`);
    return found;
  }

  /** Resolves once the cluster is seen so; looks at every change of its records. */
  async until(what: string, holds: (report: ClusterReport) => boolean): Promise<void> {
    const giveUpAt = systemClock.monotonic() + patienceMs;
    while (!this.feed.listed || !holds(this.report())) {
      if (systemClock.monotonic() > giveUpAt)
        throw new Error(`it did not come to pass: ${what}\n${this.#tell()}`);
      await this.feed.changed(AbortSignal.timeout(lookEveryMs)).catch(() => undefined);
    }
  }

  /** Resolves once these VMs are in the state, and there is nothing that is being done to them. */
  untilVms(names: readonly string[], holds: (vm: VmReport) => boolean, what = "they are so"): Promise<void> {
    return this.until(`${names.join(", ")}: ${what}`, ({ vms }) =>
      names.every((name) => vms.some((vm) => vm.name === name && vm.step === null && holds(vm))),
    );
  }

  untilNode(name: string, holds: (node: NodeReport) => boolean, what: string): Promise<void> {
    return this.until(`${name}: ${what}`, ({ nodes }) =>
      nodes.some((node) => node.name === name && holds(node)),
    );
  }

  /** Resolves once that step of the VM is so. */
  untilStep(vm: string, what: string, holds: (step: StepProgressReport) => boolean): Promise<void> {
    return this.until(`${vm}: ${what}`, ({ vms }) =>
      vms.some(({ name, step }) => name === vm && step !== null && holds(step)),
    );
  }

  /** Resolves once memory of the VM is on its way to another node. */
  untilOnItsWay(vm: string): Promise<void> {
    return this.untilStep(
      vm,
      "is on its way",
      ({ kind, percent }) => kind === "migrate" && (percent ?? 0) > 0,
    );
  }

  /** Resolves once the node's agent has read its hypervisor anew, in a life that the store knows of. */
  async untilRead(name: string): Promise<void> {
    const now = systemClock.now();
    await this.until(`${name} is read anew`, () => {
      const node = this.feed.state.nodes.observed.get(name);
      if (node?.alive == null || node.agent === null || node.status === null) return false;
      return node.status.session.lease === node.alive.lease && node.status.readAt >= now;
    });
  }

  /** The VMs whose domain runs there, as libvirt says itself, by name. */
  async running(node: string): Promise<readonly string[]> {
    const list = await this.node(node).machine.virsh("list", "--name", "--state-running");
    return list
      .split("\n")
      .filter((name) => name !== "")
      .sort();
  }

  /** The process of a guest, as this machine counts, and the node that it is on: the only one. */
  async process(vm: string): Promise<{ readonly node: string; readonly pid: number }> {
    const found = await Promise.all(
      this.nodes.map(async ({ name, machine }) => {
        const pids = machine.isUp ? await machine.pidsOf(`guest=${vm},`) : [];
        return pids.map((pid) => ({ node: name, pid }));
      }),
    );
    const [only, ...more] = found.flat();
    assert.ok(only !== undefined && more.length === 0, `${vm} has ${more.length} processes, or none`);
    return only;
  }

  /** Everything that it ever wrote to its console, on whatever node. */
  async console(vm: string): Promise<string> {
    const parts = this.nodes.map(({ machine }) => this.guests.console(machine, vm));
    return (await Promise.all(parts)).join("");
  }

  /** Resolves once it has booted so often, as it tells itself. */
  async up(vm: string, boots = 1): Promise<void> {
    await untilSeen(
      `${vm} has booted ${boots} times`,
      async () => (await this.consoles.boots(vm)).length >= boots,
      async () => `its console: ${(await this.console(vm)).slice(-2_000)}\n${this.#tell()}`,
    );
  }

  /** Its next migrations take so long that a test can look at them. */
  async slowDown(vm: string): Promise<void> {
    await this.#setSpeed(vm, slowMiBps);
  }

  /** Also a migration that is under way. */
  async speedUp(vm: string): Promise<void> {
    await this.#setSpeed(vm, fastMiBps);
  }

  async #setSpeed(vm: string, speed: number): Promise<void> {
    const { node } = this.vm(vm);
    assert.ok(node !== null, `${vm} runs nowhere`);
    await this.node(node).machine.virsh("migrate-setspeed", vm, String(speed));
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#feeding;
    await this.store.close();
    await this.reconciler.end("SIGKILL");
    await Promise.all(this.nodes.map((node) => node.removePowerDevice()));
    await this.machines.stop();
    await Promise.all(this.nodes.flatMap((node) => [node.heartbeat.gone(), node.agent.gone()]));
    await this.etcd.close();
  }

  /** Returns it as the node's document names it. */
  async #installPowerDevice(name: string): Promise<object> {
    await mkdir(this.#secrets, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#secrets, name), `${ipmiPassword}\n`, { mode: 0o600 });
    const { simulator } = await this.node(name).installPowerDevice(this.machines.entering());
    return simulator.device(name);
  }

  get #secrets(): string {
    return join(this.folder, "secrets");
  }

  #reconciler(id: string, daemonArgs: readonly string[], args: readonly string[]): KeelProcess {
    return new KeelProcess({
      args: ["reconciler", "--id", id, ...daemonArgs, ...args],
      state: join(this.folder, `state-reconciler-${id}`),
      env: { KEEL_SECRETS: this.#secrets },
      launcher: () => this.machines.entering(),
    });
  }

  /** For a test that fails. */
  #tell(): string {
    const { nodes, vms } = this.report();
    const lines = [
      ...nodes.map(({ name, state, reason }) => `${name}: ${state} (${reason.code})`),
      ...vms.map(({ name, state, node, reason, step }) => {
        return `${name}: ${state} on ${node ?? "no node"} (${reason.code}) ${JSON.stringify(step)}`;
      }),
    ];
    const daemons = [this.reconciler, ...this.nodes.flatMap(({ agent, heartbeat }) => [agent, heartbeat])];
    return [...lines, ...daemons.map(({ said }) => said.split("\n").slice(-30).join("\n"))].join("\n");
  }
}
