/**
 * `npm run takeover [-- --runs 20 --lease 10s --grace 15s]`: how long it takes until the VMs of a node that lost its power
 * run elsewhere. Real processes on a real etcd of three members; each node is a group of processes behind a power device
 * that speaks IPMI, with fence_ipmilan in between. Prints a line for each run, with the seconds of each phase.
 */
import { cpus, loadavg } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import type { NodeName, VmName } from "../reconciler/model/names.ts";
import { systemClock } from "../reconciler/runtime/system-clock.ts";
import { startEtcdCluster } from "../test/support/etcd-cluster.ts";
import { MachineRoom } from "../test/support/machines/machine-room.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "20" },
    lease: { type: "string", default: "10s" },
    grace: { type: "string", default: "15s" },
  },
});
const { lease, grace } = values;

const phases = ["silent", "grace", "proof", "start", "total"] as const;
type Figures = Readonly<Record<(typeof phases)[number], number>>;

const lost: NodeName = "hv1";
const homes: Readonly<Record<VmName, NodeName>> = { a: lost, b: lost, c: lost, d: lost, e: "hv2", f: "hv3" };
const theirs = Object.keys(homes).filter((vm) => homes[vm] === lost);
/** A heartbeat is somewhere between two renewals when the power goes: elsewhere in each run. */
const renewalMs = 3_334;

console.log(`Node ${process.version}, ${cpus().length} cores`);
console.log(
  `lease ${lease}, grace ${grace}, 3 nodes, ${theirs.length} VMs on the one that is lost, 2 reconcilers\n`,
);
console.log(["run", ...phases, "load"].map((word) => word.padStart(7)).join(""));
const etcd = await startEtcdCluster({ members: 3 });
try {
  const runs: Figures[] = [];
  for (let run = 1; run <= Number(values.runs); run += 1) {
    const figures = await takeOver(run);
    runs.push(figures);
    print(String(run), figures, loadavg()[0]);
  }
  console.log("");
  for (const [name, share] of [
    ["median", 0.5],
    ["p95", 0.95],
    ["max", 1],
  ] as const) {
    const at = (phase: (typeof phases)[number]) =>
      rank(
        runs.map((figures) => figures[phase]),
        share,
      );
    print(name, {
      silent: at("silent"),
      grace: at("grace"),
      proof: at("proof"),
      start: at("start"),
      total: at("total"),
    });
  }
} finally {
  await etcd.close();
}

async function takeOver(run: number): Promise<Figures> {
  await using room = await MachineRoom.open({ endpoints: etcd.endpoints, fencing: { lease, grace } }, homes);
  await systemClock.sleep((run * renewalMs * 0.618) % renewalMs);
  room.machine(lost).pullPlug();
  const began = systemClock.monotonic();
  const after = async (what: string, holds: () => boolean): Promise<number> => {
    await room.until(what, holds);
    return (systemClock.monotonic() - began) / 1_000;
  };
  const isPast = (...phasesOfIt: readonly (string | undefined)[]) =>
    phasesOfIt.includes(room.fence(lost)?.phase);
  const proven = ["proven", "recovering", "done"];
  const silent = await after("it is missed", () => !room.lives(lost));
  const cut = await after("it is cut", () => isPast("cutting", ...proven));
  const off = await after("it is proven off", () => isPast(...proven));
  const total = await after("its VMs run elsewhere", () =>
    theirs.every((vm) => ![lost, null].includes(room.runsOn(vm))),
  );
  room.witness.whereabouts();
  return { silent, grace: cut - silent, proof: off - cut, start: total - off, total };
}

function print(name: string, figures: Figures, load?: number): void {
  const seconds = phases.map((phase) => figures[phase].toFixed(2));
  console.log([name, ...seconds, load?.toFixed(1) ?? ""].map((word) => word.padStart(7)).join(""));
}

function rank(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}
