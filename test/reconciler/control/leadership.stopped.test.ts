/** `KEEL_LEADER_STOPS=100000` stops so many leaders; `KEEL_SEED=7` begins with another seed. */
import assert from "node:assert/strict";
import process from "node:process";
import { describe, it } from "node:test";
import { leaderLeaseMs } from "../../../reconciler/control/leadership.ts";
import { StoppedLeaders, type Tally } from "../../support/cluster/stopped-leaders.ts";
import { messageOf } from "../../../reconciler/model/thrown.ts";

const stopsWanted = Number(process.env["KEEL_LEADER_STOPS"] ?? 1_000);
const firstSeed = Number(process.env["KEEL_SEED"] ?? 1);
/** Of one cluster; then another one begins. */
const rounds = 100;

describe("a leader that is stopped past its lease and woken", () => {
  it(`writes nothing that takes effect, in ${stopsWanted} cases`, async (test) => {
    const tally: Tally = {
      stops: 0,
      points: { "before": 0, "under way": 0, "after": 0, "no write": 0 },
      refused: 0,
      written: 0,
      slowestHandOverMs: 0,
    };
    for (let seed = firstSeed; tally.stops < stopsWanted; seed += 1) {
      await new StoppedLeaders(seed, tally).live(rounds).catch((cause: unknown) => {
        throw new Error(`KEEL_SEED=${seed}: ${messageOf(cause)}`, {
          cause,
        });
      });
    }
    test.diagnostic(JSON.stringify(tally));
    assert.ok(tally.refused > 0, "no woken leader tried to write");
    assert.ok(tally.slowestHandOverMs <= 1.5 * leaderLeaseMs);
  });
});
