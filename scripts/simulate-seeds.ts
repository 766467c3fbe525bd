/**
 * `npm run sim -- --seeds 2000`: random scenarios, one for each seed, on all cores. What breaks a law is shrunk and
 * written down as a scenario that `keel simulate` plays. Ends with status 1 where one did, or where a fault met a kind of
 * step too seldom.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";

import { generate } from "../simulator/random/generate.ts";
import { Matrix } from "../simulator/random/matrix.ts";
import { type Failure, type SeedResult, shortest } from "../simulator/random/play.ts";
import { fileText } from "../simulator/random/scenario-document.ts";

/** Enough for each pair of a fault and a step to be met that often; fewer seeds are asked for less. */
const wholeRun = 2_000;
const hitsAtLeast = 50;
/** So many failures are shrunk; more are only counted. */
const shrunkAtMost = 5;
const seedsAtOnce = 10;

interface Options {
  readonly from: number;
  readonly seeds: number;
  readonly minutes: number;
  readonly workers: number;
  readonly out: string;
}

class Tally {
  readonly matrix = new Matrix();
  readonly failed: { readonly seed: number; readonly failure: Failure }[] = [];
  seeds = 0;
  events = 0;

  add({ seed, events, hits, failure }: SeedResult): void {
    this.seeds += 1;
    this.events += events;
    this.matrix.add(hits);
    if (failure === null) return;
    this.failed.push({ seed, failure });
    console.log(`seed ${seed}: ${failure.text}`);
  }
}

process.exitCode = await main(readOptions());

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seeds: { type: "string", default: String(wholeRun) },
      from: { type: "string", default: "1" },
      seed: { type: "string" },
      minutes: { type: "string", default: "0" },
      workers: { type: "string", default: String(availableParallelism()) },
      out: { type: "string", default: "sim-failures" },
    },
  });
  const minutes = wholeNumber("minutes", values.minutes);
  const seeds = values.seed === undefined ? wholeNumber("seeds", values.seeds) : 1;
  return {
    from: wholeNumber("seed", values.seed ?? values.from),
    seeds: minutes > 0 ? Number.POSITIVE_INFINITY : seeds,
    minutes,
    workers: Math.max(1, wholeNumber("workers", values.workers)),
    out: values.out,
  };
}

function wholeNumber(name: string, text: string): number {
  if (/^\d+$/u.test(text)) return Number(text);
  console.error(`--${name} takes a whole number, not ${text}`);
  process.exit(64);
}

async function main(options: Options): Promise<number> {
  const began = Date.now();
  const tally = new Tally();
  await playAll(options, tally);
  const seconds = (Date.now() - began) / 1000;
  const { user, system } = process.cpuUsage();
  for (const line of tally.matrix.lines()) console.log(line);
  const each = ((user + system) / 1000 / Math.max(1, tally.seeds)).toFixed(0);
  console.log(
    `seeds ${tally.seeds} from ${options.from}, events ${tally.events}, failures ${tally.failed.length}; ` +
      `${seconds.toFixed(0)} s, ${each} ms of CPU a seed`,
  );
  await writeDown(tally, options);
  const missing = tally.seeds < wholeRun ? [] : tally.matrix.missing(hitsAtLeast);
  for (const cell of missing) console.log(`met too seldom: ${cell}`);
  return tally.failed.length > 0 || missing.length > 0 ? 1 : 0;
}

async function playAll(options: Options, tally: Tally): Promise<void> {
  const end = options.from + options.seeds;
  const deadline = options.minutes > 0 ? Date.now() + options.minutes * 60_000 : Number.POSITIVE_INFINITY;
  let next = options.from;
  const take = (): number[] => {
    if (Date.now() >= deadline) return [];
    const first = next;
    next = Math.min(end, first + seedsAtOnce);
    return Array.from({ length: next - first }, (_, i) => first + i);
  };
  await Promise.all(Array.from({ length: options.workers }, () => work(take, tally)));
}

/** One thread, which is handed some seeds at a time until none is left. */
function work(take: () => number[], tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./seed-worker.js", import.meta.url));
    const hand = (): void => {
      const seeds = take();
      if (seeds.length > 0) worker.postMessage(seeds);
      else void worker.terminate();
    };
    worker.on("message", (results: readonly SeedResult[]) => {
      for (const result of results) tally.add(result);
      hand();
    });
    worker.once("error", reject);
    worker.once("exit", () => {
      resolve();
    });
    hand();
  });
}

async function writeDown({ failed }: Tally, { out }: Options): Promise<void> {
  if (failed.length > 0) mkdirSync(out, { recursive: true });
  for (const { seed, failure } of failed.slice(0, shrunkAtMost)) {
    const path = join(out, `seed-${seed}.yaml`);
    const [firstLine = ""] = failure.text.split("\n");
    writeFileSync(path, fileText(await shortest(generate(seed), failure), [`Seed ${seed}: ${firstLine}`]));
    console.log(`seed ${seed} is shrunk to ${path}`);
  }
}
