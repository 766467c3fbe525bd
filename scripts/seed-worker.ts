/** One thread of `simulate-seeds`: plays the seeds that it is handed, and tells what came of them. */
import { parentPort } from "node:worker_threads";

import { playSeed, type SeedResult } from "../simulator/random/play.ts";

parentPort?.on("message", (seeds: readonly number[]) => {
  void playSome(seeds);
});

async function playSome(seeds: readonly number[]): Promise<void> {
  const results: SeedResult[] = [];
  for (const seed of seeds) results.push(await playSeed(seed));
  parentPort?.postMessage(results);
}
