import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { Domain, DomainEnd } from "../../agent/hypervisor/hypervisor.ts";
import { concerns, isSameRecord, recordsOf, type RecordsInput } from "../../agent/records.ts";
import type { ObservedDomain } from "../../reconciler/model/observed.ts";
import { type Placement, unplaced } from "../../reconciler/model/placement.ts";
import { hardware } from "./support/steps.ts";

const session = { lease: "7", bootId: "b1" };
const now = 1_000;

function domain(vm: string, change: Partial<Domain> = {}): Domain {
  const [live, applied] = [hardware(), hardware()];
  return {
    vm,
    uuid: vm,
    epoch: 1,
    id: `${vm}-1`,
    state: "running",
    since: 0,
    live,
    applied,
    processor: null,
    differences: [],
    job: null,
    ...change,
  };
}

function end(vm: string, change: Partial<DomainEnd> = {}): DomainEnd {
  return { vm, epoch: 1, id: `${vm}-1`, cause: "crash", at: 500, ...change };
}

function active(vm: string, state: "running" | "incoming" = "running", epoch = 1): ObservedDomain {
  const [live, applied] = [hardware(), hardware()];
  return { vm, epoch, session, readAt: 0, state, domainId: `${vm}-${epoch}`, since: 0, live, applied };
}

interface Situation {
  readonly domains?: readonly Domain[];
  readonly ended?: readonly DomainEnd[];
  readonly before?: readonly ObservedDomain[];
  readonly placement?: Partial<Placement> | null;
  readonly isStopping?: boolean;
  readonly asked?: string;
  readonly isBusy?: boolean;
}

function inputOf(situation: Situation): RecordsInput {
  const { domains = [], ended = [], before = [], placement = { node: "hv1", epoch: 1 } } = situation;
  const supports = { networks: [], pools: [] };
  const machine = { memoryBytes: 1, cpus: 1, memoryFreeBytes: 1, load: 0, supports };
  return {
    node: "hv1",
    session,
    look: {
      session,
      seen: 5,
      storeRecord: 0,
      readAt: now,
      reading: { domains, ended, unmanaged: [] },
      machine,
    },
    before: new Map(before.map((record) => [record.vm, record])),
    placementOf: () => (placement === null ? null : { ...unplaced, ...placement }),
    isStopping: () => situation.isStopping ?? false,
    isAsked: (id) => situation.asked === id,
    isBusy: () => situation.isBusy ?? false,
  };
}

describe("recordsOf", () => {
  const shown = (situation: Situation) => {
    const { records, forget } = recordsOf(inputOf(situation));
    const lines = [...records.values()].map((record) =>
      record.state === "off"
        ? `${record.vm} off ${record.cause} ${record.at}`
        : `${record.vm} ${record.state}`,
    );
    return { lines, forget };
  };

  it("shows each domain, and none that is not there", () => {
    const domains = [domain("a"), domain("b", { state: "paused" }), domain("c", { state: "incoming" })];
    assert.deepEqual(shown({ domains }).lines, ["a running", "b paused", "c incoming"]);
  });

  it("shows how a domain ended, as the hypervisor tells it", () => {
    assert.deepEqual(shown({ ended: [end("a")], before: [active("a")] }).lines, ["a off crash 500"]);
    assert.deepEqual(shown({ ended: [end("a", { cause: "guest" })] }).lines, ["a off guest 500"]);
  });

  it("calls an end a stop where it was our doing, unless it moved away", () => {
    assert.deepEqual(shown({ ended: [end("a")], isStopping: true }).lines, ["a off stop 500"]);
    const moved = end("a", { cause: "migrated" });
    assert.deepEqual(shown({ ended: [moved], isStopping: true }).lines, ["a off migrated 500"]);
  });

  it("remembers over a restart of the agent that it asked a guest to go down", () => {
    const { records } = recordsOf(inputOf({ domains: [domain("a")], asked: "a-1" }));
    const before = [...records.values()];
    const again = [...recordsOf(inputOf({ domains: [domain("a")], before })).records.values()];
    for (const known of [before, again]) {
      const guest = shown({ ended: [end("a", { cause: "guest" })], before: known });
      assert.deepEqual(guest.lines, ["a off stop 500"]);
      assert.deepEqual(shown({ ended: [end("a")], before: known }).lines, ["a off crash 500"]);
    }
    const later = end("a", { cause: "guest", epoch: 2, id: "a-2" });
    assert.deepEqual(shown({ ended: [later], before }).lines, ["a off guest 500"]);
  });

  it("calls an end unknown where nobody saw it, or a hand cut it", () => {
    assert.deepEqual(shown({ before: [active("a")] }).lines, ["a off unknown 1000"]);
    assert.deepEqual(shown({ ended: [end("a", { cause: "cut" })] }).lines, ["a off unknown 500"]);
  });

  it("tells by whose hand it was cut: one outside", () => {
    const [cut] = recordsOf(inputOf({ ended: [end("a", { cause: "cut" })] })).records.values();
    assert.ok(cut?.state === "off" && cut.byHand === true);
    const [ours] = recordsOf(
      inputOf({ ended: [end("a", { cause: "cut" })], isStopping: true }),
    ).records.values();
    assert.ok(ours?.state === "off" && ours.byHand === undefined);
  });

  it("does not take the end of an earlier run for that of a later one", () => {
    const placement = { node: "hv1", epoch: 2 };
    const before = [active("a", "running", 2)];
    assert.deepEqual(shown({ ended: [end("a")], before, placement }).lines, ["a off unknown 1000"]);
  });

  it("keeps to the first account of an end", () => {
    const [first] = recordsOf(inputOf({ before: [active("a")] })).records.values();
    assert.ok(first !== undefined);
    assert.deepEqual(shown({ before: [first] }).lines, ["a off unknown 1000"]);
    assert.deepEqual(shown({ before: [first], ended: [end("a")] }).lines, ["a off unknown 1000"]);
    assert.deepEqual(shown({ before: [first], ended: [end("a", { epoch: 2, id: "a-2" })] }).lines, [
      "a off crash 500",
    ]);
  });

  it("leaves no end of a copy that never ran", () => {
    const before = [active("a", "incoming")];
    const placement = { node: "hv2", epoch: 0, moving: { to: "hv1", epoch: 1, step: "s", displaced: null } };
    assert.deepEqual(shown({ before, placement }).lines, []);
    assert.deepEqual(shown({ before, placement, ended: [end("a", { cause: "cut" })] }).lines, []);
    assert.deepEqual(shown({ before, placement, ended: [end("a")] }).lines, ["a off crash 500"]);
  });

  it("leaves no end of a domain that only has another name now", () => {
    assert.deepEqual(shown({ before: [active("a")], domains: [domain("b", { id: "a-1" })] }).lines, [
      "b running",
    ]);
  });

  it("lets an end go when its placement names another node, or a newer epoch, or nobody", () => {
    for (const placement of [{ node: "hv2", epoch: 1 }, { node: "hv1", epoch: 2 }, null]) {
      assert.deepEqual(shown({ ended: [end("a")], before: [active("a")], placement }), {
        lines: [],
        forget: ["a"],
      });
    }
  });

  it("forgets nothing about a VM that a step is at", () => {
    assert.deepEqual(shown({ ended: [end("a")], placement: null, isBusy: true }), { lines: [], forget: [] });
  });
});

describe("concerns", () => {
  it("holds where the VM runs there, goes there, or left it to be held", () => {
    const hold = { by: "flush", node: "hv1", since: 0 } as const;
    const moving = { to: "hv1", epoch: 2, step: "s", displaced: null };
    assert.ok(concerns({ ...unplaced, node: "hv1" }, "hv1"));
    assert.ok(concerns({ ...unplaced, node: "hv2", moving }, "hv1"));
    assert.ok(concerns({ ...unplaced, held: hold }, "hv1"));
    assert.ok(!concerns({ ...unplaced, node: "hv2" }, "hv1"));
    assert.ok(!concerns(null, "hv1"));
  });
});

describe("isSameRecord", () => {
  const before = active("a");
  const off: ObservedDomain = { vm: "a", epoch: 1, session, readAt: 0, state: "off", cause: "stop", at: 5 };

  it("does not look at when it was read", () => {
    assert.ok(isSameRecord(before, { ...before, readAt: 99 }));
    assert.ok(isSameRecord(off, { ...off, readAt: 99 }));
  });

  it("tells any other change", () => {
    assert.ok(before.state !== "off" && off.state === "off");
    const changed: readonly ObservedDomain[] = [
      { ...before, vm: "b" },
      { ...before, epoch: 2 },
      { ...before, session: { ...session, lease: "8" } },
      { ...before, session: { ...session, bootId: "b2" } },
      { ...before, state: "paused" },
      { ...before, domainId: "a-9" },
      { ...before, since: 9 },
      { ...before, live: hardware({ cpus: 2 }) },
      { ...before, applied: hardware({ cpus: 2 }) },
      off,
    ];
    for (const next of changed) assert.ok(!isSameRecord(before, next), JSON.stringify(next));
    for (const next of [before, { ...off, at: 6 }, { ...off, cause: "crash" as const }]) {
      assert.ok(!isSameRecord(off, next), JSON.stringify(next));
    }
    assert.ok(!isSameRecord(null, before));
  });
});
