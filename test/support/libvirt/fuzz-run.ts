/** `npm run fuzz [-- --minutes 10] [--seed 7]`: the fuzzing of the test, for as long as one likes. */
import process from "node:process";
import { parseArgs } from "node:util";
import { systemClock } from "../../../reconciler/runtime/system-clock.ts";
import { SeededRandom } from "../seeded-random.ts";
import { fuzzOnce, type FuzzTally } from "./fuzz.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "1" }, seed: { type: "string", default: "1" } },
});
const mebibyte = 2 ** 20;
const random = new SeededRandom(Number(values.seed));
const tally: FuzzTally = { inputs: 0, understood: 0, refused: 0 };
const endAt = systemClock.monotonic() + Number(values.minutes) * 60_000;
let largestRss = 0;
while (systemClock.monotonic() < endAt) {
  for (let round = 0; round < 1_000; round += 1) fuzzOnce(random, tally);
  largestRss = Math.max(largestRss, process.memoryUsage.rss());
}
const { inputs, understood, refused } = tally;
process.stdout.write(
  `${inputs} inputs in ${values.minutes} min, seed ${values.seed}: ` +
    `${understood} readings understood, ${refused} refused, RSS at most ${Math.round(largestRss / mebibyte)} MiB\n`,
);
