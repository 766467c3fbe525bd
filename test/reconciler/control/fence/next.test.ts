import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NodeCase } from "../../../../reconciler/control/fence/case.ts";
import { nextOf } from "../../../../reconciler/control/fence/next.ts";
import type { StoredFence, StoredRequest } from "../../../../reconciler/control/cluster-state.ts";
import type { RoundOutcome } from "../../../../reconciler/control/fence/round.ts";
import type { FenceOpen, FenceProven } from "../../../../reconciler/model/fence.ts";
import { adviseOn, reason } from "../../../../reconciler/model/reasons.ts";

const incident = { id: "5", machineId: "m1", bootId: "b1", since: 0 };
const alive = { machineId: "m1", bootId: "b1", address: null };
const seen = { machineId: "m1", bootId: "b1", alive: true, revision: 5 };

function stored(record: FenceOpen | FenceProven, quarantine: StoredFence["quarantine"] = null): StoredFence {
  return { node: "hv1", history: [], cuts: [], quarantine, revision: 9, ...record };
}

const proven: FenceProven = {
  phase: "done",
  incident,
  proof: { by: "human", at: 1, who: "ann" },
  vms: ["web"],
  powerOn: "no",
};

const lost: NodeCase = {
  node: "hv1",
  record: stored({ phase: "suspect", why: null, incident }),
  alive: null,
  seen,
  isKnown: true,
  lastBoot: "b1",
  now: 1_000_000,
  monotonic: 50_000,
  term: 3,
  isLeadersHost: false,
  verdict: () => ({ is: "fence" }),
  foreignForMs: 0,
  aliveForMs: 0,
  task: null,
  releasing: null,
  confirmed: null,
  acknowledged: null,
  replaced: null,
  answers: false,
  withImages: () => [],
  owns: () => ["web"],
  isRecovered: () => false,
  outcomes: () => [],
  isCleared: () => true,
  returnsAfterMs: null,
  powersOn: "yes",
};

const round = { phase: "cutting", round: 1, at: 0, term: 3, incident } as const;
const key = "5/1/9";

function phaseAfter(change: Partial<NodeCase>): string {
  const { write, run } = nextOf({ ...lost, ...change });
  if (run !== null) return `run ${run.kind}`;
  if (write === null) return "nothing";
  return write.record === null ? "forgotten" : write.record.phase;
}

function confirmation(of: string): StoredRequest {
  const common = { id: "confirm-dead-hv1", by: "ann", at: 0, expiresAt: 2_000_000, revision: 8 };
  return { ...common, kind: "confirm-dead", node: "hv1", incident: of };
}

const unproven = reason("fence-failed", { node: "hv1", why: "" });

describe("a node that falls silent", () => {
  it("is missed, once it was known", () => {
    assert.equal(phaseAfter({ record: null }), "suspect");
    assert.equal(phaseAfter({ record: null, isKnown: false }), "nothing");
  });

  it("is cut when the verdict says so, and is not yet counted as fenced", () => {
    const { write } = nextOf(lost);
    assert.deepEqual([write?.record?.phase, write?.record?.history], ["cutting", []]);
  });

  it("is counted as fenced once it is proven dead, with the proofs of the 24 hours before", () => {
    const day = 86_400_000;
    const now = 2 * day;
    const record = { ...stored({ phase: "lost", why: null, incident }), history: [day - 1, day, day + 1] };
    const confirmed = { ...confirmation("5"), expiresAt: 3 * day };
    assert.deepEqual(nextOf({ ...lost, now, record, confirmed }).write?.record?.history, [day + 1, now]);
  });

  it("is shown with the reason why it is left alone", () => {
    const why = reason("fence-storm", { node: "hv1" });
    const { write } = nextOf({ ...lost, verdict: () => ({ is: "lost", why }) });
    assert.deepEqual(write?.record?.phase === "lost" && write.record.why, why);
  });

  it("is an alarm where its way to the store is cut alone: it lives, and nothing is done to it", () => {
    const why = reason("store-cut", { node: "hv1" });
    const { write } = nextOf({ ...lost, answers: true, verdict: () => ({ is: "suspect", why, leftMs: 1 }) });
    assert.deepEqual(write?.told, { level: "alarm", reason: why });
  });

  it("is a person's once it was left to one, whatever is said of it later", () => {
    const why = (code: "fence-bound" | "fence-storm") => reason(code, { node: "hv1" });
    const asked = nextOf({ ...lost, verdict: () => ({ is: "lost", why: why("fence-bound") }) }).write?.record;
    assert.ok(asked?.phase === "lost" && asked.asked === true);
    const later = [
      { is: "suspect", why: null, leftMs: 1 },
      { is: "lost", why: why("fence-storm") },
    ] as const;
    for (const verdict of later) {
      const record = { ...asked, revision: 9 };
      const after = nextOf({ ...lost, record, verdict: () => verdict }).write?.record;
      assert.ok(after !== undefined && after !== null && "asked" in after && after.asked);
    }
    const anew = nextOf({ ...lost, record: { ...asked, revision: 9 }, seen: { ...seen, revision: 8 } });
    assert.ok(anew.write?.record?.phase === "suspect" && anew.write.record.asked === undefined);
  });

  it("tells why it is not tried again after a round that proved nothing", () => {
    const record = stored({ phase: "failed", round: 2, at: 0, why: unproven, incident });
    const why = reason("fence-storm", { node: "hv1" });
    const { write } = nextOf({ ...lost, record, verdict: () => ({ is: "lost", why }) });
    assert.deepEqual(write?.record, { ...record, why });
    const inTurn = reason("fence-in-turn", { node: "hv1", other: "hv2" });
    assert.equal(nextOf({ ...lost, record, verdict: () => ({ is: "lost", why: inTurn }) }).write, null);
  });

  it("is another incident where it lived in between unseen", () => {
    assert.equal(phaseAfter({ seen: { ...seen, revision: 8 } }), "suspect");
    const after = nextOf({ ...lost, seen: { ...seen, revision: 8 } }).write?.record;
    assert.equal(after !== undefined && after !== null && "incident" in after && after.incident.id, "8");
  });

  it("is back as if nothing had been, before its round and after one that proved nothing", () => {
    assert.equal(phaseAfter({ alive }), "forgotten");
    assert.equal(
      phaseAfter({ alive, record: stored({ phase: "failed", round: 2, at: 0, why: unproven, incident }) }),
      "forgotten",
    );
  });

  it("counts as dead by a person's word for this incident, and by no other word", () => {
    assert.equal(phaseAfter({ confirmed: confirmation("5") }), "proven");
    const other = nextOf({ ...lost, confirmed: confirmation("4") });
    assert.deepEqual([other.write?.record?.phase, other.write?.uses.length], ["suspect", 1]);
    const late = { ...confirmation("5"), expiresAt: 999_999 };
    assert.equal(phaseAfter({ confirmed: late }), "suspect");
  });

  it("counts as dead by that word whatever else keeps it from being fenced, and says so", () => {
    const codes = [
      ...(["only-node", "fence-storm", "nothing-to-recover", "leaders-host"] as const),
      ...(["quorum-unknown", "would-lose-quorum", "fence-bound"] as const),
    ];
    for (const code of codes) {
      const why = reason(code, { node: "hv1" });
      const record = stored({ phase: "lost", why, incident });
      const left = { record, verdict: () => ({ is: "lost", why }) as const };
      assert.equal(phaseAfter(left), "nothing", code);
      assert.equal(phaseAfter({ ...left, confirmed: confirmation("5") }), "proven", code);
      assert.match(adviseOn(why) ?? "", /`keel node confirm-dead hv1` if you know that it is off/, code);
    }
  });

  it("makes a word void by living", () => {
    const { write } = nextOf({ ...lost, alive, confirmed: confirmation("5") });
    assert.deepEqual([write?.record, write?.uses.length], [null, 1]);
  });

  it("is void while the node answers its leader, who asks before it believes", () => {
    const asking = nextOf({ ...lost, answers: null, confirmed: confirmation("5") });
    assert.deepEqual([asking.write, asking.wakeInMs], [null, 500]);
    const { write } = nextOf({ ...lost, answers: true, confirmed: confirmation("5") });
    assert.deepEqual(
      [write?.record?.phase, write?.told?.reason.code, write?.uses.length],
      ["suspect", "confirmation-void", 1],
    );
  });
});

describe("a round", () => {
  const record = stored(round);

  it("is carried out by the leader whose it is, once", () => {
    assert.equal(phaseAfter({ record }), "run round");
    assert.equal(phaseAfter({ record, task: { kind: "round", key, outcome: null, endedAt: 0 } }), "nothing");
  });

  it("is not this leader's because an earlier one of it has ended", () => {
    const outcome = { proven: true, devices: ["bmc"] } as const;
    const earlier = { kind: "round", key: "5/1/8", outcome, endedAt: 0 } as const;
    assert.equal(phaseAfter({ record, task: earlier }), "run round");
  });

  it("that is refused in the last moment counts for none: nothing was switched", () => {
    const refused = reason("would-lose-quorum", { node: "hv1" });
    const task = { kind: "round", key, outcome: { proven: false, refused }, endedAt: 0 } as const;
    const first = nextOf({ ...lost, record, task }).write;
    assert.ok(first?.record?.phase === "lost" && first.record.why?.code === "would-lose-quorum");
    assert.equal(first.told?.reason.code, "would-lose-quorum");
    const third = nextOf({
      ...lost,
      record: stored({ ...round, round: 3 }),
      task: { ...task, key: "5/3/9" },
    });
    const after = third.write?.record;
    assert.ok(after?.phase === "failed" && after.round === 2 && after.why.code === "would-lose-quorum");
  });

  it("over the leader's own host is not taken over: who leads in it has the proof that it is not off", () => {
    const own = { record: stored({ ...round, term: 2 }), isLeadersHost: true };
    assert.equal(phaseAfter({ ...own, foreignForMs: 59_999 }), "nothing");
    const after = nextOf({ ...lost, ...own, foreignForMs: 60_000 }).write?.record;
    assert.ok(after?.phase === "failed" && after.why.code === "leaders-host" && after.round === 1);
    assert.equal(phaseAfter({ record: { ...after, revision: 9 }, alive }), "forgotten");
  });

  it("of a former leader is read to its end once that one's command must have ended", () => {
    const foreign = stored({ ...round, term: 2 });
    assert.equal(nextOf({ ...lost, record: foreign, foreignForMs: 59_999 }).wakeInMs, 1);
    assert.equal(phaseAfter({ record: foreign, foreignForMs: 60_000 }), "run reading");
    const ended = (outcome: RoundOutcome) => {
      const task = { kind: "reading", key, outcome, endedAt: 50_000 } as const;
      const { record } = nextOf({ ...lost, record: foreign, foreignForMs: 60_000, task }).write ?? {};
      return record?.phase === "failed" ? [record.why.code, record.round] : record?.phase;
    };
    assert.equal(ended({ proven: true, devices: ["bmc"] }), "proven");
    assert.deepEqual(ended({ proven: false, why: "bmc reads on" }), ["fence-left", 1]);
  });

  it("that a former leader left is followed by another one as any is: where the verdict says so, after a while", () => {
    const why = reason("fence-left", { node: "hv1", why: "bmc reads on" });
    const record = stored({ phase: "failed", round: 1, at: 0, why, incident });
    const outcome = { proven: false, why: "bmc reads on" } as const;
    const task = { kind: "reading", key: "5/1/2", outcome, endedAt: 50_000 } as const;
    assert.equal(nextOf({ ...lost, record, task }).wakeInMs, 5_000);
    assert.equal(phaseAfter({ record, task, monotonic: 55_000 }), "cutting");
    const storm = { is: "lost", why: reason("fence-storm", { node: "hv1" }) } as const;
    const { write } = nextOf({ ...lost, record, task, monotonic: 55_000, verdict: () => storm });
    assert.ok(write?.record?.phase === "failed" && write.record.why.code === "fence-storm");
    assert.equal(phaseAfter({ record, task, alive }), "forgotten");
  });

  it("ends with proof, or in failure, whatever a person says meanwhile", () => {
    const confirmed = confirmation("5");
    const task = (outcome: { proven: true; devices: string[] } | { proven: false; why: string }) =>
      ({ kind: "round", key, outcome, endedAt: 0 }) as const;
    assert.equal(phaseAfter({ record, confirmed }), "run round");
    assert.equal(phaseAfter({ record, task: task({ proven: true, devices: ["bmc"] }) }), "proven");
    assert.equal(phaseAfter({ record, task: task({ proven: false, why: "no answer" }) }), "failed");
  });

  it("is tried again later and later, by the clock of the leader that failed", () => {
    const after = (count: number) => {
      const failed = stored({ phase: "failed", round: count, at: 0, why: unproven, incident });
      const outcome = { proven: false, why: "" } as const;
      const task = { kind: "round", key, outcome, endedAt: 50_000 } as const;
      return nextOf({ ...lost, record: failed, task }).wakeInMs;
    };
    assert.deepEqual([1, 2, 3, 20].map(after), [5_000, 10_000, 20_000, 300_000]);
  });
});

describe("a node that is proven dead", () => {
  it("is recovered, then done, then powered on where its power devices proved it", () => {
    assert.equal(phaseAfter({ record: stored({ ...proven, phase: "proven" }) }), "recovering");
    const recovering = stored({ ...proven, phase: "recovering" });
    assert.equal(phaseAfter({ record: recovering }), "nothing");
    assert.equal(phaseAfter({ record: recovering, isRecovered: () => true }), "done");
    assert.equal(phaseAfter({ record: stored({ ...proven, powerOn: "wanted" }) }), "run power-on");
    assert.equal(
      phaseAfter({ record: stored({ ...proven, powerOn: "wanted" }), powersOn: "not-now" }),
      "nothing",
      "until it may be",
    );
    const leaving = nextOf({
      ...lost,
      record: stored({ ...proven, powerOn: "wanted" }),
      powersOn: "never",
    }).write?.record;
    assert.ok(leaving?.phase === "done" && leaving.powerOn === "no");
    assert.equal(phaseAfter({ record: stored(proven) }), "nothing");
  });

  it("is powered on again after a back-off where that failed, and at last no more", () => {
    const after = (powerOnTries: number, tried: number, monotonic = lost.monotonic) => {
      const task = { kind: "power-on", key: `5/on/${tried}`, failure: "no answer", endedAt: 50_000 } as const;
      return nextOf({
        ...lost,
        monotonic,
        task,
        record: stored({ ...proven, powerOn: "wanted", powerOnTries }),
      });
    };
    const { record, told } = after(0, 0).write ?? assert.fail("nothing is written");
    assert.ok(record !== null && "powerOnTries" in record);
    assert.deepEqual(
      [record.powerOn, record.powerOnTries, told?.reason.code],
      ["wanted", 1, "power-on-again"],
    );
    assert.equal(after(1, 0, 54_999).wakeInMs, 1);
    assert.equal(after(1, 0, 55_000).run?.key, "5/on/1");
    assert.equal(after(3, 2, 50_000).wakeInMs, 20_000);
    assert.equal(after(7, 7).write?.told?.reason.code, "power-on-failed");
  });

  it("is in quarantine once it lives, with an alarm where it is in the boot that was proven dead", () => {
    const told = (bootId: string) => {
      const { write } = nextOf({ ...lost, record: stored(proven), alive: { ...alive, bootId } });
      assert.deepEqual(write?.record?.quarantine, { incident, proof: proven.proof });
      return write.told?.reason.code;
    };
    assert.equal(told("b2"), "node-quarantined");
    assert.equal(told("b1"), "was-not-dead");
  });

  it("is silent anew where it lived in between: its old proof says nothing of that", () => {
    const after = nextOf({ ...lost, record: stored(proven), seen: { ...seen, revision: 12 } }).write?.record;
    assert.equal(after?.phase, "suspect");
  });
});

describe("the images of what a dead node ran", () => {
  const yet = reason("images-being-released", { node: "hv1", vm: "web" });
  const held = reason("images-not-released", { node: "hv1", vm: "web", why: "no answer" });
  const recovering = stored({ ...proven, phase: "recovering", unreleased: { web: yet } });
  const ended = (why: string | null) => ({
    key: "5/release",
    outcome: new Map([["web", why]]),
    endedAt: 50_000,
  });
  const unreleasedAfter = (change: Partial<NodeCase>) => {
    const record = nextOf({ ...lost, record: recovering, ...change }).write?.record;
    return record != null && "proof" in record ? record.unreleased : null;
  };

  it("are written down with the proof, and asked for before the recovery can be over", () => {
    const task = { kind: "round", key, outcome: { proven: true, devices: ["ipmi"] }, endedAt: 0 } as const;
    assert.deepEqual(unreleasedAfter({ record: stored(round), task, withImages: () => ["web"] }), {
      web: yet,
    });
    assert.equal(phaseAfter({ record: recovering, isRecovered: () => true }), "run release");
  });

  it("are free, or held with the reason", () => {
    assert.deepEqual(unreleasedAfter({ releasing: ended(null) }), {});
    assert.deepEqual(unreleasedAfter({ releasing: ended("no answer") }), { web: held });
  });

  it("are waited for while they are asked for", () => {
    assert.equal(phaseAfter({ record: recovering, releasing: { ...ended(null), outcome: null } }), "nothing");
  });

  it("are asked for again each minute, whatever else is done with the node meanwhile", () => {
    const again = (record: StoredFence) => {
      const after = (monotonic: number) =>
        nextOf({ ...lost, record, releasing: ended("no answer"), monotonic });
      assert.equal(after(50_000).wakeInMs, 60_000, record.phase);
      assert.equal(after(110_000).run?.kind, "release", record.phase);
    };
    again(stored({ ...proven, phase: "recovering", unreleased: { web: held } }));
    again(stored({ ...proven, phase: "done", unreleased: { web: held } }));
    assert.equal(phaseAfter({ record: recovering }), "run release");
  });

  it("do not keep the node from being switched on", () => {
    const record = stored({ ...proven, phase: "done", powerOn: "wanted", unreleased: { web: held } });
    assert.equal(phaseAfter({ record, releasing: ended("no answer") }), "run power-on");
    assert.equal(
      nextOf({ ...lost, record }).wakeInMs,
      0,
      "in the turn after the one that asks for the images",
    );
  });
});

describe("a machine that is replaced", () => {
  const request = (machineId: string): StoredRequest => ({
    ...{ id: "replace-hv1", by: "ann", at: 0, expiresAt: 2_000_000, revision: 8 },
    ...{ kind: "replace", node: "hv1", machineId },
  });
  const replacedIn = (change: Partial<NodeCase>) => {
    const record = nextOf({ ...lost, record: stored(proven), ...change }).write?.record;
    return record != null && "proof" in record ? record.replaced : null;
  };

  it("is the one that was proven dead, and no other", () => {
    assert.equal(replacedIn({ replaced: request("m1") }), "m1");
    assert.equal(replacedIn({ replaced: request("m0") }), undefined);
  });

  it("is not switched on any more, and stays replaced while its VMs are recovered", () => {
    const wanted = stored({ ...proven, phase: "proven", powerOn: "wanted" });
    const write = nextOf({ ...lost, record: wanted, replaced: request("m1") }).write?.record;
    assert.ok(write != null && "proof" in write);
    assert.equal(write.powerOn, "no");
    assert.equal(replacedIn({ record: { ...write, revision: 10 } }), "m1");
  });

  it("is not replaced while nothing is proven of it", () => {
    const { write } = nextOf({ ...lost, replaced: request("m1") });
    assert.equal(write?.record?.phase, "cutting");
    assert.deepEqual(write.uses, []);
  });
});

describe("a node in quarantine", () => {
  const quarantine = { incident, proof: proven.proof };
  const record: StoredFence = { node: "hv1", history: [999_000], quarantine, revision: 9, phase: "closed" };
  const common = { id: "acknowledge-hv1", by: "ann", at: 0, expiresAt: 2_000_000, revision: 8 };
  const acknowledged: StoredRequest = { ...common, kind: "acknowledge", node: "hv1", incident: "5" };

  it("stays there until somebody acknowledges its return", () => {
    assert.equal(phaseAfter({ record, alive }), "nothing");
    const after = nextOf({ ...lost, record, alive, acknowledged }).write;
    assert.deepEqual([after?.record?.quarantine, after?.uses.length], [null, 1]);
  });

  it("is not taken in by what was said of an earlier proof", () => {
    const earlier: StoredRequest = { ...common, kind: "acknowledge", node: "hv1", incident: "2" };
    assert.equal(phaseAfter({ record, alive, acknowledged: earlier }), "nothing");
  });

  it("returns by itself after its time, but not where it was fenced twice within a day", () => {
    const auto = { record, alive, returnsAfterMs: 600_000 };
    assert.equal(nextOf({ ...lost, ...auto, aliveForMs: 599_999 }).wakeInMs, 1);
    assert.equal(nextOf({ ...lost, ...auto, aliveForMs: 600_000 }).write?.record?.quarantine, null);
    const twice = { ...record, history: [998_000, 999_000] };
    assert.equal(phaseAfter({ ...auto, record: twice, aliveForMs: 600_000 }), "nothing");
    const later = { now: 10 * 86_400_000, aliveForMs: 600_000 };
    assert.equal(phaseAfter({ ...auto, record: twice, ...later }), "nothing", "nor as time passes");
  });

  it("is first rid of what was started elsewhere, where it was not dead", () => {
    const not = { record, alive, isCleared: () => false };
    assert.equal(phaseAfter({ ...not, acknowledged }), "nothing", "the word is kept");
    assert.equal(phaseAfter({ ...not, returnsAfterMs: 0 }), "nothing");
    const rebooted = { ...not, alive: { ...alive, bootId: "b2" } };
    assert.equal(nextOf({ ...lost, ...rebooted, acknowledged }).write?.record?.quarantine, null);
  });

  it("stays in quarantine where it falls silent and is back", () => {
    const silent = nextOf({ ...lost, record }).write?.record;
    assert.deepEqual([silent?.phase, silent?.quarantine], ["suspect", quarantine]);
    const back = stored({ phase: "suspect", why: null, incident }, quarantine);
    assert.deepEqual(nextOf({ ...lost, record: back, alive }).write?.record?.quarantine, quarantine);
  });
});
