import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { FenceDevice, PowerReading } from "../../../../reconciler/control/fence/fence-device.ts";
import { powerOn, type RoundOutcome, runRound } from "../../../../reconciler/control/fence/round.ts";
import { FakeClock } from "../../../support/fake-clock.ts";

const never = new AbortController().signal;

/** A device that answers from a list, the last answer for ever; it notes what it was asked for and when. */
class Told implements FenceDevice {
  readonly name: string;
  readonly asked: string[] = [];
  readonly #clock: FakeClock;
  readonly #answers: PowerReading["power"][];

  constructor(name: string, clock: FakeClock, answers: PowerReading["power"][]) {
    this.name = name;
    this.#clock = clock;
    this.#answers = answers;
  }

  async read(): Promise<PowerReading> {
    this.asked.push(`read at ${this.#clock.monotonic()}`);
    const power = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    return power === "unknown" || power === undefined ? { power: "unknown", why: "no answer" } : { power };
  }

  async command(power: "on" | "off"): Promise<string | null> {
    this.asked.push(power);
    return "exit status 0";
  }

  async uuid(): Promise<string | null> {
    return null;
  }
}

describe("a round over the power devices", () => {
  let clock: FakeClock;
  beforeEach(() => {
    clock = new FakeClock();
  });

  const outcomeOf = async (...devices: readonly Told[]): Promise<RoundOutcome> => {
    const outcome = runRound(devices, clock, never);
    await clock.advance(120_000);
    return outcome;
  };
  const device = (...answers: PowerReading["power"][]) => new Told("bmc", clock, answers);

  it("takes off for proof that was off already, read twice, two seconds apart", async () => {
    const bmc = device("off");
    assert.deepEqual(await outcomeOf(bmc), { proven: true, devices: ["bmc"] });
    assert.deepEqual(bmc.asked, ["read at 0", "read at 2000"]);
  });

  it("powers off what is on, and reads it off twice", async () => {
    const bmc = device("on", "on", "off");
    assert.deepEqual(await outcomeOf(bmc), { proven: true, devices: ["bmc"] });
    assert.deepEqual(bmc.asked, ["read at 0", "off", "read at 0", "read at 1000", "read at 3000"]);
  });

  it("proves nothing by a command's word: what reads on is on", async () => {
    assert.deepEqual(await outcomeOf(device("on")), { proven: false, why: "bmc reads on" });
  });

  it("proves nothing where it cannot be read, though it may have been switched", async () => {
    const bmc = device("unknown");
    assert.deepEqual(await outcomeOf(bmc), { proven: false, why: "bmc: no answer" });
    assert.ok(bmc.asked.includes("off"));
  });

  it("proves nothing by one reading: the second one contradicts, or fails", async () => {
    assert.deepEqual(await outcomeOf(device("off", "on")), {
      proven: false,
      why: "bmc reads on, and had read off before",
    });
    assert.deepEqual(await outcomeOf(device("off", "unknown")), { proven: false, why: "bmc: no answer" });
  });

  it("needs all of them off, and leaves alone those that are", async () => {
    const one = new Told("one", clock, ["off"]);
    const two = new Told("two", clock, ["on", "off"]);
    assert.deepEqual(await outcomeOf(one, two), { proven: true, devices: ["one", "two"] });
    assert.equal(one.asked.includes("off"), false);
    const three = new Told("three", clock, ["on"]);
    assert.deepEqual(await outcomeOf(new Told("one", clock, ["off"]), three), {
      proven: false,
      why: "three reads on",
    });
  });

  it("powers on again, and says where that is not so", async () => {
    const good = powerOn([device("off", "on")], clock, never);
    await clock.advance(60_000);
    assert.equal(await good, null);
    const bad = powerOn([device("off")], clock, never);
    await clock.advance(60_000);
    assert.equal(await bad, "a device still reads off");
  });
});
