// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
/**
 * Our own restarts, and libvirt's, are non-events (law 10): what is killed in the middle of a step, of whatever kind,
 * changes nothing of what comes of it, and no guest notices. `KEEL_RESTARTS=20` restarts each daemon so often.
 */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { after, before, describe, it, type TestContext } from "node:test";
import type { ObservedNode } from "../../reconciler/model/observed.ts";
import type { StepKind } from "../../reconciler/model/step.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { Killer } from "../support/real/killer.ts";
import { type Fields, RealCluster } from "../support/real/real-cluster.ts";
import { untilSeen } from "../support/until-seen.ts";

const restarts = Number(process.env["KEEL_RESTARTS"] ?? 1);
/** Far more than it takes, on the slowest machine. */
const timeout = 300_000 + restarts * 120_000;
/** One on each node. */
const guests = ["web", "db", "mail"] as const;

describe("the daemons of real libvirt nodes", { timeout }, () => {
  let cluster: RealCluster;
  let killer: Killer;

  /** Firmware that finds nothing to boot: it runs, costs nothing, and hears no power button. */
  const writeBare = (name: string, fields: Fields = {}) => {
    const bare = { memory: "64MiB", cpus: 1, disks: [], node: "node1", shutdown: { timeout: "3s" } };
    return cluster.write({ kind: "VM", name, ...bare, ...fields });
  };
  const medium = (name: string) => join(cluster.folder, `${name}.iso`);
  const writeDrive = (name: string) => writeBare("drive", { disks: [{ name: "cd", file: medium(name) }] });
  const withDisk = (round: number) => ({
    disks: [{ name: "root", volume: `vms/doomed${round}-root`, size: "1MiB" }],
  });
  const image = (round: number) => join(cluster.folder, "pool", `doomed${round}-root.qcow2`);

  /** The same before each round: what is to be stopped runs, what is to be destroyed is off, a stranger runs. */
  const prepare = async (round: number) => {
    await writeBare("mute");
    await writeBare(`doomed${round}`, { ...withDisk(round), state: "poweroff" });
    await cluster.apply();
    await writeBare(`doomed${round}`, { ...withDisk(round), state: "absent" });
    assert.equal((await cluster.keel("apply", "-y")).exit, 3, "to destroy it takes an approval");
    const { machine } = cluster.node("node1");
    const file = join(cluster.folder, "theirs.xml");
    await writeFile(file, strangerXml(`theirs${round}`));
    await machine.virsh("create", file);
    await cluster.until("the stranger is seen", ({ drift }) =>
      drift.some((one) => one.kind === "unmanaged" && one.object === `theirs${round}`),
    );
    await cluster.succeed("import", "--node", "node1", "--libvirt", machine.uri);
  };
  const stepsOf = (round: number): readonly (readonly [string, StepKind])[] => [
    [`once${round}`, "start"],
    ["mute", "stop"],
    ["anew", "restart"],
    ["drive", "update"],
    [`doomed${round}`, "destroy"],
    [`called${round}`, "rename"],
    [`theirs${round}`, "adopt"],
  ];
  /** libvirt's name of it stays. */
  const nameBefore = (round: number) => (round === 1 ? "called" : `called${round - 1}`);
  /** All of it is asked for. */
  const ask = async (round: number) => {
    await cluster.succeed("approve", `vm/doomed${round}`, "--destroy", "--disks", "root");
    await cluster.succeed("vm", "restart", "anew", "--no-wait");
    await cluster.writeVm(`once${round}`, { node: "node1" });
    await writeBare("mute", { state: "stopped" });
    await writeDrive(`medium${round}`);
    await rm(join(cluster.folder, "cluster.d", `vm-${nameBefore(round)}.yaml`));
    await writeBare(`called${round}`, { renamedFrom: nameBefore(round) });
    await cluster.succeed("apply", "-y", "--no-wait");
  };

  before(async () => {
    cluster = await RealCluster.start();
    killer = new Killer(cluster);
    for (const [index, name] of guests.entries()) await cluster.writeVm(name, { node: `node${index + 1}` });
    await cluster.write({
      kind: "StoragePool",
      name: "vms",
      type: "dir",
      path: join(cluster.folder, "pool"),
    });
    for (let round = 0; round <= inBetween.length; round += 1) {
      await writeFile(medium(`medium${round}`), Buffer.alloc(2 ** 20));
      if (round > 0) await writeBare(`doomed${round}`, withDisk(round));
    }
    await writeDrive("medium0");
    await writeBare("called");
    await writeBare("anew");
    await cluster.apply();
    for (const name of guests) await cluster.up(name);
  });
  after(() => cluster.stop());

  const onTheWay: readonly (readonly [string, string, string, () => Promise<void>])[] = [
    ["the agent that sends it", "node1", "node2", () => killer.agent("node1")],
    ["the agent that takes it", "node2", "node1", () => killer.agent("node1")],
    ["the libvirtd that sends it", "node1", "node2", () => killer.libvirtd("node1")],
    ["the libvirtd that takes it", "node2", "node1", () => killer.libvirtd("node1")],
    ["the reconciler", "node1", "node2", () => killer.reconciler()],
  ];
  for (const [who, from, to, kill] of onTheWay) {
    it(`are killed during a live migration, and its guest arrives: ${who}`, async () => {
      await cluster.slowDown("web");
      const verb = to === "node1" ? ["unmigrate", "web"] : ["migrate", "web", "--to", to];
      await cluster.succeed("vm", ...verb, "-y", "--no-wait");
      await cluster.untilOnItsWay("web");
      await kill();
      await cluster.speedUp("web");
      await cluster.untilVms(["web"], ({ state, node }) => state === "running" && node === to);
      const where = await cluster.process("web");
      assert.equal(where.node, to, `not on ${from}`);
      await cluster.consoles.prove("web", 1);
    });
  }

  /** Whoever it is, libvirtd hangs until the step's claims are there: none of them has ended before the end. */
  const inBetween: readonly (readonly [string, (round: number) => Promise<void>])[] = [
    ["the agent", () => killer.agent("node1")],
    [
      "libvirtd",
      async (round) => {
        const { machine } = cluster.node("node1");
        await machine.signalLibvirtd("CONT");
        await untilSeen("it starts", () => machine.hasNoted(`once${round}`));
        await killer.libvirtd("node1");
      },
    ],
    ["the reconciler", () => killer.reconciler()],
  ];
  for (const [index, [who, kill]] of inBetween.entries()) {
    it(`are killed in the middle of steps of all other kinds, which end as they should: ${who}`, async () => {
      const round = index + 1;
      const { machine } = cluster.node("node1");
      await prepare(round);
      const processes = () => Promise.all(["called", `theirs${round}`].map((name) => cluster.process(name)));
      const before = await processes();
      const former = await cluster.process("anew");
      await machine.signalLibvirtd("STOP");
      await ask(round);
      const steps = stepsOf(round);
      await cluster.until("all steps are claimed", ({ vms }) =>
        steps.every(([name, kind]) =>
          vms.some((vm) => vm.name === name && vm.step?.kind === kind && vm.step.phase !== "released"),
        ),
      );
      await kill(round);
      await machine.signalLibvirtd("CONT");
      const running = [`once${round}`, "anew", "drive", `called${round}`, `theirs${round}`];
      await cluster.untilVms(running, ({ state, node }) => state === "running" && node === "node1");
      await cluster.untilVms(["mute"], ({ state }) => state === "stopped");
      await cluster.untilVms([`doomed${round}`], ({ state, node }) => state === "stopped" && node === null);
      assert.equal(existsSync(image(round)), false);
      // Where libvirt was killed between taking the one out and putting the other in, it takes another try.
      const inserted = medium(`medium${round}`);
      await untilSeen("the medium is in the drive", async () =>
        (await machine.virsh("domblklist", "drive")).includes(inserted),
      );
      assert.deepEqual(await processes(), before);
      assert.notEqual((await cluster.process("anew")).pid, former.pid);
      await cluster.up(`once${round}`);
      await cluster.consoles.prove(`once${round}`, 1);
    });
  }

  interface Then {
    readonly at: number;
    readonly leases: readonly (string | undefined)[];
  }
  const everyNode = (holds: (node: ObservedNode) => boolean) =>
    [...cluster.feed.state.nodes.observed.values()].every(holds);
  /** Each kind of daemon, and how it shows that all of its kind are there again. */
  const parts = (onAll: (kill: (node: string) => Promise<void>) => () => Promise<void>) => [
    {
      name: "agents",
      kill: onAll((node) => killer.agent(node)),
      isBack: ({ at }: Then) => everyNode(({ agent }) => agent !== null && agent.startedAt >= at),
    },
    {
      name: "heartbeats",
      kill: onAll((node) => killer.heartbeat(node)),
      isBack: ({ leases }: Then) =>
        everyNode(({ alive, status }) => {
          return alive !== null && !leases.includes(alive.lease) && status?.session.lease === alive.lease;
        }),
    },
    { name: "libvirtds", kill: onAll((node) => killer.libvirtd(node)), isBack: () => true },
    {
      name: "reconcilers",
      kill: () => killer.reconciler(),
      isBack: ({ at }: Then) => (cluster.feed.state.leader?.since ?? 0) >= at,
    },
  ];

  it(
    `are restarted ${restarts} times each, and no guest gets another process`,
    { timeout },
    async (test: TestContext) => {
      const processes = () => Promise.all(guests.map((name) => cluster.process(name)));
      const before = await processes();
      const onAll = (kill: (node: string) => Promise<void>) => async () => {
        await Promise.all(cluster.nodes.map(({ name }) => kill(name)));
      };
      for (let round = 1; round <= restarts; round += 1) {
        for (const { name, kill, isBack } of parts(onAll)) {
          const leases = [...cluster.feed.state.nodes.observed.values()].map(({ alive }) => alive?.lease);
          const then = { at: systemClock.now(), leases };
          await kill();
          await cluster.until(`the ${name} are back`, () => isBack(then));
          await cluster.untilVms(guests, ({ state }) => state === "running");
          assert.deepEqual(await processes(), before, name);
          test.diagnostic(
            `round ${round}, ${name} killed: guests are ${before.map(({ pid }) => pid).join(" ")}`,
          );
        }
      }
      for (const name of guests) await cluster.consoles.prove(name, 1);
      assert.equal((await cluster.keel("plan", "--detailed-exitcode")).exit, 0);
    },
  );
});

const strangerXml = (name: string) => `<domain type='qemu'>
  <name>${name}</name><memory unit='MiB'>64</memory>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
</domain>`;
