/** A random scenario: a cluster, edits, requests and faults, in which all is mended at the end. */
import { SeededRandom } from "../seeded-random.ts";
import { Author } from "./author.ts";
import { draftCluster } from "./cluster-draft.ts";
import * as edits from "./edits.ts";
import { fault, readyAll } from "./faults.ts";
import { loss } from "./losses.ts";
import { scene } from "./scenes.ts";
import type { ScenarioDocument } from "./scenario-document.ts";

/** By weight: how often each is done. */
const deeds: readonly (readonly [number, edits.Deed])[] = [
  [24, edits.changeVm],
  [8, edits.changeNode],
  [2, edits.changeCluster],
  [2, edits.changeProfile],
  [2, edits.addVm],
  [2, edits.removeVm],
  [1, edits.removeNode],
  [1, edits.addNode],
  [4, edits.request],
  [1, edits.acknowledge],
  [1, edits.override],
  [3, edits.destroy],
  [2, edits.rename],
  [6, (author) => fault(author)],
  [2, loss],
  [84, scene],
];
const totalWeight = deeds.reduce((sum, [weight]) => sum + weight, 0);

/** The same seed gives the same scenario. @param events about how many */
export function generate(seed: number, events = 50): ScenarioDocument {
  const random = new SeededRandom(seed);
  const cluster = draftCluster(random);
  const author = new Author(random, cluster);
  author.wait(1_000);
  while (author.events.length < events) {
    deed(random)(author);
    author.wait(pause(random));
  }
  if (random.chance(0.7)) readyAll(author);
  const { hardware, start, documents } = cluster;
  return { seed, objects: [...documents.values()], hardware, start, events: author.events };
}

function deed(random: SeededRandom): edits.Deed {
  let left = random.below(totalWeight);
  for (const [weight, each] of deeds) {
    left -= weight;
    if (left < 0) return each;
  }
  return edits.changeVm;
}

/** Mostly short: what goes wrong should meet what is under way. */
function pause(random: SeededRandom): number {
  const [from, to] = random.oneOf<readonly [number, number]>([
    [1, 60],
    [20, 400],
    [400, 3_000],
    [1_000, 6_000],
    [5_000, 20_000],
  ]);
  return from + random.below(to - from);
}
