/**
 * Plays scenario files, the folder's in order, then random ones, and then leaders that are stopped in the middle of their
 * work, which no scenario can say, until one of them finds something wrong. Prints
 * that one and what it found as JSON, and ends with status 1; with status 0 where all is as it should be.
 *
 * `node scripts/play-scenarios.ts test/scenarios 100`
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

import { playSeed } from "../simulator/random/play.ts";
import { readScenario } from "../simulator/scenario/read-scenario.ts";
import { simulate } from "../simulator/scenario/simulate.ts";
import { StoppedLeaders } from "../test/support/cluster/stopped-leaders.ts";
import { assertLog } from "../test/support/scenario-log.ts";
import { messageOf } from "../reconciler/model/thrown.ts";

const [folder = "test/scenarios", seeds = "0"] = process.argv.slice(2);
const complaint = (await firstOfFolder()) ?? (await firstOfSeeds()) ?? (await ofStoppedLeaders());
if (complaint !== null) console.log(JSON.stringify(complaint));
process.exitCode = complaint === null ? 0 : 1;

interface Complaint {
  readonly scenario: string;
  readonly found: readonly string[];
}

async function firstOfFolder(): Promise<Complaint | null> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));
  for (const file of files.sort()) {
    const found = await play(join(folder, file));
    if (found.length > 0) return { scenario: file, found };
  }
  return null;
}

/** What broke a law or an expectation, or befell guests otherwise than the log beside it says; a simulation that fails altogether has found something too. */
async function play(path: string): Promise<readonly string[]> {
  const noFolder = () => Promise.reject(new Error("a scenario of the tests holds its own objects"));
  try {
    const scenario = await readScenario(readFileSync(path, "utf8"), path, noFolder);
    const { violations, unmet, log } = await simulate(scenario);
    const pinned = path.replace(".yaml", ".log.txt");
    if (existsSync(pinned)) assertLog(log, readFileSync(pinned, "utf8"));
    return [...violations.map(({ law, text }) => `${law}: ${text}`), ...unmet];
  } catch (error) {
    return [`it failed: ${messageOf(error)}`];
  }
}

async function firstOfSeeds(): Promise<Complaint | null> {
  for (let seed = 1; seed <= Number(seeds); seed++) {
    const { failure } = await playSeed(seed);
    if (failure !== null) return { scenario: `seed ${seed}`, found: [failure.text] };
  }
  return null;
}

/** Each woken past its lease, with what it was about to write. */
async function ofStoppedLeaders(): Promise<Complaint | null> {
  const points = { "before": 0, "under way": 0, "after": 0, "no write": 0 };
  const tally = { stops: 0, points, refused: 0, written: 0, slowestHandOverMs: 0 };
  try {
    if (Number(seeds) > 0) await new StoppedLeaders(1, tally).live(100);
    return null;
  } catch (error) {
    const text = messageOf(error);
    return { scenario: "leaders that are stopped", found: [text] };
  }
}
