import assert from "node:assert/strict";
import { env } from "node:process";
import { describe, it } from "node:test";
import { StoreCore } from "../../../../reconciler/store/core/store-core.ts";
import { recover } from "../../../../reconciler/store/embedded/recovery.ts";
import { verifyDirectory } from "../../../../reconciler/store/embedded/verify-directory.ts";
import { FakeClock } from "../../../support/fake-clock.ts";
import { liveAndDie, type Death, type Deceased } from "./durability-round.ts";
import { carryOutWrite, writesIn } from "./durability-writes.ts";
import { knowledge, temporaryDirectory } from "./store-files.ts";

/** `KEEL_DURABILITY_ROUNDS=1000` for the long run, `KEEL_DURABILITY_SEED` for one that was printed. */
const rounds = Number(env["KEEL_DURABILITY_ROUNDS"] ?? 40);
const seed = Number(env["KEEL_DURABILITY_SEED"] ?? Date.now() % 1_000_000);
const blockRounds = 50;

interface Outcome extends Deceased {
  /** How many writes the store has after the death. */
  readonly found: number;
  /** How many it had before the round. */
  readonly before: number;
  readonly cut: boolean;
}

describe("the embedded store's journal, in a process that is killed at any moment", () => {
  it(
    "has every acknowledged write afterwards, and nothing that was not sent",
    { timeout: 30_000 + rounds * 1_000 },
    async (test) => {
      test.diagnostic(`${rounds} deaths, seed ${seed}`);
      const directory = await temporaryDirectory(test);
      const random = randomNumbers(seed);
      const clock = new FakeClock();
      const model = new StoreCore({ clock });
      let outcomes: Outcome[] = [];
      let [least, most] = [Infinity, 0];
      for (let round = 1; round <= rounds; round += 1) {
        const before = writesIn(model);
        const deceased = await liveAndDie(directory, deathOf(random));
        const sound = await verifyDirectory(directory, clock);
        const { core, cut, log } = await recover({
          directory,
          clock: new FakeClock(),
          newStoreId: () => "42",
          newLeaseId: () => "1",
        });
        await log.close();
        core.close();
        const found = writesIn(core);
        const about = `round ${round} of seed ${seed}: ${JSON.stringify({ ...deceased, found, before })}`;
        assert.ok(found >= (deceased.done ?? before), `an acknowledged write is lost in ${about}`);
        assert.ok(found <= (deceased.sent ?? before), `a write was made up in ${about}`);
        for (let n = before + 1; n <= found; n += 1) carryOutWrite(model, n);
        assert.deepEqual(knowledge(core), knowledge(model), about);
        assert.ok(sound.kind === "empty" ? found === 0 : sound.kind === "sound", about);
        if (sound.kind === "sound")
          assert.deepEqual([sound.revision, sound.cut], [core.revision, cut], about);
        outcomes.push({ ...deceased, found, before, cut: cut !== null });
        least = Math.min(least, found - before);
        most = Math.max(most, found - before);
        if (round % blockRounds === 0 || round === rounds) {
          test.diagnostic(`rounds up to ${round}: ${summary(outcomes)}`);
          outcomes = [];
        }
      }
      assert.ok(most > least, "all died at the same write");
    },
  );
});

function deathOf(random: () => number): Death {
  const atStart = random() < 0.15;
  return {
    after: atStart ? "start" : "first write",
    delayMs: Math.floor(random() * (atStart ? 150 : 60)),
    maxLogBytes: Math.floor(2_000 + random() ** 3 * 200_000),
  };
}

function summary(outcomes: readonly Outcome[]): string {
  const writes = outcomes.map(({ found, before }) => found - before).sort((a, b) => a - b);
  const at = (share: number): number => writes[Math.floor((writes.length - 1) * share)] ?? 0;
  const count = (is: (outcome: Outcome) => boolean): number => outcomes.filter(is).length;
  const replacing = count(({ files }) => files.filter((name) => !name.startsWith("lock-")).length > 2);
  const unsaid = count(({ found, done, before }) => found > (done ?? before));
  return [
    `in one life ${at(0)}/${at(0.5)}/${at(1)} (least/median/most)`,
    `the replacement of a log unfinished ${replacing}, with a torn tail ${count(({ cut }) => cut)}`,
    `with writes on disk not yet acknowledged ${unsaid}`,
    `writes at each death ${outcomes.map(({ found }) => found).join(" ")}`,
  ].join("; ");
}

/** Numbers from 0 up to 1 that a seed gives again (mulberry32). */
function randomNumbers(from: number): () => number {
  let state = from >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
