/** How many nodes the cluster could lose: each alone, and any number of them at once. */
import { type NodeName, byName } from "../model/names.ts";
import { foresee, foreseeLoss, type Foresight } from "./foresee.ts";
import { whyClosed } from "./node-facts.ts";
import { compare, type Unplaced } from "./what-if.ts";
import type { World } from "./world.ts";

/** Nodes that are lost at once, and the VMs that would be left without a place. None: the loss is survived. */
export interface Loss {
  readonly nodes: readonly NodeName[];
  readonly unplaced: readonly Unplaced[];
}

/**
 * `atLeast`: whichever that many nodes are lost, each VM finds a place; every combination was looked at. `atMost`: not
 * so for more; `witness` shows it. The two differ only where there were too many combinations to look at.
 */
export interface Tolerance {
  readonly atLeast: number;
  readonly atMost: number;
  /** The first loss found that is not survived; null: there is none. */
  readonly witness: Loss | null;
}

/**
 * Work that is spent on combinations before their number is only bounded: about two seconds. A unit is a look at a node
 * for a VM. Ten nodes with a thousand VMs stay below it, however many are lost.
 */
const workMax = 4_000_000;

/** One after the other, so that a caller may pause in between: the loss of each node that has or takes VMs. */
export function* eachLoss(world: World): Generator<Loss> {
  const before = foresee(world);
  for (const node of nodesToLose(world)) yield lossOf(before, [node]);
}

/** `single`: what `eachLoss` gave. */
export function toleranceOf(world: World, single: readonly Loss[], work = workMax): Tolerance {
  const witness = single.find((loss) => loss.unplaced.length > 0);
  if (witness !== undefined) return { atLeast: 0, atMost: 0, witness };
  const before = foresee(world);
  const names = single.flatMap(({ nodes }) => nodes);
  let left = work;
  // With the last node all is lost: that is no question.
  for (let size = 2; size < names.length; size += 1) {
    left -= workFor(size, names.length, world.vms.size);
    if (left < 0) return boundedTolerance(before, names, size);
    for (const nodes of combinations(names, size)) {
      const loss = lossOf(before, nodes);
      if (loss.unplaced.length > 0) return { atLeast: size - 1, atMost: size - 1, witness: loss };
    }
  }
  const all = Math.max(0, names.length - 1);
  return { atLeast: all, atMost: all, witness: null };
}

/** Too many combinations of `size`: the fullest nodes are lost, and the fewest of them that are too many are sought. */
function boundedTolerance(before: Foresight, names: readonly NodeName[], size: number): Tolerance {
  const { ledger } = before.start;
  const used = new Map(names.map((name) => [name, ledger.fill(name).usedBytes]));
  const fullest = names.toSorted((a, b) => (used.get(b) ?? 0) - (used.get(a) ?? 0) || byName(a, b));
  let [low, high] = [size, names.length];
  let witness: Loss | null = null;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const loss = lossOf(before, fullest.slice(0, middle));
    if (loss.unplaced.length === 0) low = middle + 1;
    else [high, witness] = [middle, loss];
  }
  return { atLeast: size - 1, atMost: high - 1, witness };
}

function lossOf(before: Foresight, nodes: readonly NodeName[]): Loss {
  const lost = new Set(nodes);
  const { unplaced } = compare(before, foreseeLoss(before, lost), { lost, flushed: none });
  return { nodes, unplaced };
}

const none: ReadonlySet<NodeName> = new Set();

function nodesToLose(world: World): readonly NodeName[] {
  const inUse = new Set<NodeName>();
  for (const { condition } of world.vms.values()) {
    if (condition.is === "running" || condition.is === "unknown") inUse.add(condition.node);
  }
  return world.nodeNames.filter((name) => {
    const node = world.nodes.get(name);
    return inUse.has(name) || (node !== undefined && whyClosed(node) === null);
  });
}

/** For each combination every VM is passed by once, and each that is lost is compared with the nodes that are left. */
function workFor(size: number, nodes: number, vms: number): number {
  let count = 1;
  for (let i = 0; i < size; i += 1) count = (count * (nodes - i)) / (i + 1);
  const lost = (vms / nodes) * size;
  return count * (vms + lost * (nodes - size));
}

/** In lexical order, each once. */
function* combinations(names: readonly NodeName[], size: number, from = 0): Generator<readonly NodeName[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= names.length - size; index += 1) {
    for (const rest of combinations(names, size - 1, index + 1)) yield [names[index] ?? "", ...rest];
  }
}
