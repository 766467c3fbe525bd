/** What befalls a cluster, and how all of it is mended. */
import { type NodeName, objectId, type VmName } from "../../reconciler/model/names.ts";
import type { Author } from "./author.ts";
import type { JsonMap } from "./script.ts";

/** Whom it befalls. */
export interface Victim {
  readonly vm: VmName;
  readonly node: NodeName;
}

/** Returns how the fault is mended, where it does not mend itself. */
type Fault = (author: Author, victim: Victim) => JsonMap | null;

const faults: Readonly<Record<string, Fault>> = {
  killAgent: (author, { node }) => ofNode(author, node, "agent", "kill", "start"),
  pauseAgent: (author, { node }) => ofNode(author, node, "agent", "pause", "resume"),
  killHeartbeat: (author, { node }) => ofNode(author, node, "heartbeat", "kill", "start"),
  pauseHeartbeat: (author, { node }) => ofNode(author, node, "heartbeat", "pause", "resume"),
  powerOff: (author, { node }) => ofNode(author, node, "power", "off", "on"),
  cutOff: (author, { node }) => ofNode(author, node, "network", "down", "up"),
  storeDown: (author) => {
    author.act({ store: "down" });
    return { store: "up" };
  },
  killLeader: (author) => {
    author.act({ reconciler: "kill-leader" });
    return null;
  },
  crash: (author, { vm }) => ofVm(author, vm, "guest", "crash", null),
  switchOff: (author, { vm }) => ofVm(author, vm, "guest", "poweroff", null),
  ignoreAcpi: (author, { vm }) => ofVm(author, vm, "guest", "ignore-acpi", "obey-acpi"),
  failMigrations: (author, { vm }) => ofVm(author, vm, "migration", "fail", "ok"),
  hangMigrations: (author, { vm }) => ofVm(author, vm, "migration", "hang", "ok"),
};

const kinds = Object.values(faults);

/** Something goes wrong; it is mended at once, later, or at the end with all the rest. */
export function fault(author: Author, victim: Victim = someone(author)): void {
  const { random } = author;
  const mend = kinds[random.below(kinds.length)]?.(author, victim) ?? null;
  if (mend === null || random.chance(0.2)) return;
  author.wait(random.oneOf([1, 100, 1_000, 4_000, 15_000, 30_000]));
  author.act(mend);
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
