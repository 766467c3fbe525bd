// Needs: etcd, libvirtd, virsh, qemu-system-x86_64, qemu-img, busybox, cpio
// Long
/**
 * Our own restarts, and libvirt's, are non-events (law 10): what is killed in the middle of a start or a shutdown changes
 * nothing of what comes of it, and no guest notices. `KEEL_RESTARTS=20` restarts each daemon so often.
 */
import assert from "node:assert/strict";
import process from "node:process";
import { after, before, describe, it, type TestContext } from "node:test";
import type { ObservedNode } from "../../reconciler/model/observed.ts";
import { systemClock } from "../../reconciler/runtime/system-clock.ts";
import { Killer } from "../support/real/killer.ts";
import { RealCluster } from "../support/real/real-cluster.ts";
import { untilSeen } from "../support/until-seen.ts";

const restarts = Number(process.env["KEEL_RESTARTS"] ?? 2);
/** Far more than it takes, on the slowest machine. */
const timeout = 300_000 + restarts * 120_000;
const guests = ["web", "db", "mail"] as const;

describe("the daemons of real libvirt nodes", { timeout }, () => {
  let cluster: RealCluster;
  let killer: Killer;
  before(async () => {
    cluster = await RealCluster.start();
    killer = new Killer(cluster);
    for (const [index, name] of guests.entries()) await cluster.writeVm(name, { node: `node${index + 1}` });
    await cluster.writeVm("once", { node: "node1", state: "stopped", shutdown: { timeout: "6s" } });
    await cluster.apply();
    for (const name of guests) await cluster.up(name);
  });
  after(() => cluster.stop());

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
    {
      name: "libvirtds",
      kill: onAll((node) => killer.libvirtd(node)),
      isBack: ({ at }: Then) => everyNode(({ status }) => status !== null && status.readAt >= at),
    },
    {
      name: "reconcilers",
      kill: () => killer.reconciler(),
      isBack: ({ at }: Then) => (cluster.feed.state.leader?.since ?? 0) >= at,
    },
  ];

  /** libvirtd never gets over its own end between its first note of a domain and the beginning of QEMU. */
  const untilQemuRuns = () => {
    const { machine } = cluster.node("node1");
    return untilSeen("QEMU runs", async () => (await machine.pidsOf("guest=once,")).length > 0);
  };
  const killLibvirtd = async () => {
    await untilQemuRuns();
    await killer.libvirtd("node1");
  };
  const inBetween: readonly (readonly [string, () => Promise<void>])[] = [
    ["the agent", () => killer.agent("node1")],
    ["libvirtd", killLibvirtd],
    ["the reconciler", () => killer.reconciler()],
  ];
  for (const [index, [who, kill]] of inBetween.entries()) {
    it(`are killed in the middle of a start, then of a shutdown, which end as they should: ${who}`, async () => {
      await cluster.succeed("vm", "start", "once", "-y", "--no-wait");
      await cluster.untilStep("once", "is about to start", ({ kind, phase }) => {
        return kind === "start" && phase !== "released";
      });
      await kill();
      await cluster.untilVms(["once"], ({ state }) => state === "running");
      await cluster.up("once", index + 1);
      await cluster.consoles.prove("once", index + 1);

      await cluster.guests.tell(cluster.node("node1").machine, "once", "deaf");
      await cluster.succeed("vm", "shutdown", "once", "-y", "--no-wait");
      await cluster.untilStep("once", "is asked to shut down", ({ kind, phase }) => {
        return kind === "stop" && phase === "running";
      });
      await kill();
      await cluster.untilVms(["once"], ({ state }) => state === "stopped");
      assert.deepEqual(await cluster.running("node1"), ["web"]);
      await cluster.consoles.prove("once", index + 1);
    });
  }

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
