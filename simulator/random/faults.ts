/** What befalls a cluster, and how all of it is mended. */
import { type NodeName, objectId, type VmName } from "../../reconciler/model/names.ts";
import type { Author } from "./author.ts";
import type { PlayedKind } from "./matrix.ts";
import type { JsonMap } from "./script.ts";

/** Whom it befalls. */
export interface Victim {
  readonly vm: VmName;
  readonly node: NodeName;
}

/** Returns how the fault is mended, where it does not mend itself. */
type Fault = (author: Author, victim: Victim) => JsonMap | null;

const ofNodes: readonly Fault[] = [
  (author, { node }) => ofNode(author, node, "agent", "kill", "start"),
  (author, { node }) => ofNode(author, node, "agent", "pause", "resume"),
  (author, { node }) => ofNode(author, node, "heartbeat", "kill", "start"),
  (author, { node }) => ofNode(author, node, "heartbeat", "pause", "resume"),
  (author, { node }) => ofNode(author, node, "power", "off", "on"),
  (author, { node }) => ofNode(author, node, "network", "down", "up"),
  (author, { node }) => ofNode(author, node, "bmc", author.random.oneOf(bmcFaults), "ok"),
  (author, { node }) => ofNode(author, node, "clock", author.random.oneOf(clockFaults), "right"),
  confirmedDead,
];

const ofAll: readonly Fault[] = [
  (author) => {
    author.act({ store: "down" });
    return { store: "up" };
  },
  (author) => {
    author.act({ reconciler: "kill-leader" });
    return null;
  },
  (author) => {
    author.act({ reconciler: "pause-leader" });
    return { reconciler: "resume-leader" };
  },
  (author) => {
    if (!author.setsLeadersClocks) return null;
    author.act({ reconciler: author.random.oneOf(["clock-ahead", "clock-behind"]) });
    return { reconciler: "clock-right" };
  },
];

const ofGuests: readonly Fault[] = [
  (author, { vm }) => ofVm(author, vm, "guest", "crash", null),
  (author, { vm }) => ofVm(author, vm, "guest", "poweroff", null),
  (author, { vm }) => ofVm(author, vm, "guest", "ignore-acpi", "obey-acpi"),
];

const ofMigrations: readonly Fault[] = [
  (author, { vm }) => ofVm(author, vm, "migration", "fail", "ok"),
  (author, { vm }) => ofVm(author, vm, "migration", "hang", "ok"),
];

const all = [...ofNodes, ...ofAll, ...ofGuests, ...ofMigrations];

/** Of a step that is soon over, what befalls its guest is met seldom by mere chance. */
const aimed: Readonly<Record<PlayedKind, readonly Fault[]>> = {
  start: ofGuests,
  stop: ofGuests,
  restart: [],
  update: ofGuests,
  migrate: [...ofGuests, ...ofGuests, ...ofGuests, ...ofMigrations, ...ofMigrations, ...ofMigrations],
  destroy: [],
  rename: [...ofGuests, ...ofGuests],
};

const bmcFaults = ["unreachable", "wrong-password", "stuck-on", "slow"] as const;

const clockFaults = ["ahead", "behind", "fast", "slow"] as const;

/** Something goes wrong; it is mended at once, later, or at the end with all the rest. */
export function fault(author: Author): void {
  befall(author, someone(author), all);
}

/** Something goes wrong while a step of that kind is under way. */
export function faultDuring(author: Author, kind: PlayedKind, victim: Victim): void {
  befall(author, victim, [...all, ...aimed[kind]]);
}

function befall(author: Author, victim: Victim, faults: readonly Fault[]): void {
  const { random } = author;
  const mend = faults[random.below(faults.length)]?.(author, victim) ?? null;
  if (mend === null || random.chance(0.2)) return;
  author.wait(random.oneOf([1, 100, 1_000, 4_000, 15_000, 30_000]));
  author.act(mend);
}

/** A machine that really is off, and somebody who says so: a word that is wrong may well run a VM twice. */
function confirmedDead(author: Author, { node }: Victim): JsonMap {
  author.act({ power: { [node]: "off" } });
  author.wait(author.random.oneOf([15_000, 35_000, 60_000]));
  author.act({ confirmDead: node });
  return { power: { [node]: "on" } };
}

function someone(author: Author): Victim {
  return { vm: author.aVm(), node: author.aMachine() };
}

function ofNode(author: Author, node: NodeName, what: string, wrong: string, right: string): JsonMap {
  author.act({ [what]: { [node]: wrong } });
  return { [what]: { [node]: right } };
}

function ofVm(author: Author, vm: VmName, what: string, wrong: string, right: string | null): JsonMap | null {
  author.act({ [what]: { [vm]: wrong } });
  return right === null ? null : { [what]: { [vm]: right } };
}

/** Nodes that keep what they have from moving are made ready, too. */
export function readyAll(author: Author): void {
  author.edit(
    ...author
      .names("Node")
      .map((node) => [objectId("Node", node), { state: "ready", maintenance: null }] as const),
  );
}
