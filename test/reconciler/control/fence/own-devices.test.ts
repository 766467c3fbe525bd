import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { FenceDevice, PowerReading } from "../../../../reconciler/control/fence/fence-device.ts";
import {
  askDevices,
  contradiction,
  indistinct,
  type SystemUuids,
  systemUuidsOf,
  unreadable,
  whyUnproven,
} from "../../../../reconciler/control/fence/own-devices.ts";
import type { Alive } from "../../../../reconciler/model/observed.ts";
import { never } from "../../../support/fence/devices.ts";

const own = "00112233-4455-6677-8899-aabbccddee01";
const other = "00112233-4455-6677-8899-aabbccddee02";
/** The same 16 bytes as `own`, in the order in which IPMI sends them. */
const ownReversed = "01eeddcc-bbaa-9988-7766-554433221100";

const on: PowerReading = { power: "on" };
const silent: PowerReading = { power: "unknown", why: "it does not answer" };
const alone: SystemUuids = { own, others: [other] };

function device(name: string, power: PowerReading, uuid: string | null): FenceDevice {
  return {
    name,
    read: async () => power,
    command: async () => assert.fail("it was switched"),
    uuid: async () => (power.power === "unknown" ? assert.fail("it cannot be read") : uuid),
  };
}

async function judge(uuids: SystemUuids, ...devices: readonly FenceDevice[]) {
  const answers = await askDevices(devices, uuids, never);
  return {
    same: answers.map(({ sameMachine }) => sameMachine),
    unreadable: unreadable(answers),
    contradiction: contradiction(answers, uuids),
    unproven: whyUnproven(answers, uuids),
  };
}

const fine = { unreadable: null, contradiction: null };

describe("power devices that are asked whose they are", () => {
  it("prove it where each reads on and tells the machine's UUID, in whatever order of bytes", async () => {
    const judged = await judge(alone, device("a", on, own), device("b", on, ownReversed));
    assert.deepEqual(judged, { ...fine, same: [true, true], unproven: null });
  });

  it("answer in their order, with what a program is shown", async () => {
    const answers = await askDevices([device("a", silent, null), device("b", on, own)], alone, never);
    assert.deepEqual(answers, [
      { device: "a", power: "unknown", why: "it does not answer", uuid: null, sameMachine: null },
      { device: "b", power: "on", why: null, uuid: own, sameMachine: true },
    ]);
  });

  it("prove nothing, and contradict nothing, where one tells no UUID", async () => {
    const judged = await judge(alone, device("a", on, own), device("b", on, null));
    assert.deepEqual(judged, { ...fine, same: [true, null], unproven: "b tells no UUID" });
  });

  it("contradict where one tells another UUID", async () => {
    const why = `b switches another machine: ${other}, not ${own}`;
    for (const others of [[], [other]]) {
      const judged = await judge({ own, others }, device("a", on, own), device("b", on, other));
      assert.deepEqual(judged, { same: [true, false], unreadable: null, contradiction: why, unproven: why });
    }
  });

  it("contradict where one reads off", async () => {
    const why = "b reads off, and the node lives";
    const judged = await judge(alone, device("a", on, own), device("b", { power: "off" }, own));
    assert.deepEqual(judged, { same: [true, true], unreadable: null, contradiction: why, unproven: why });
  });

  it("contradict where one cannot be read", async () => {
    const why = "b: it does not answer";
    const judged = await judge(alone, device("a", on, own), device("b", silent, null));
    assert.deepEqual(judged, { same: [true, null], unreadable: why, contradiction: why, unproven: why });
  });

  it("tell neither of two machines that have one UUID, but tell that it is none of a third", async () => {
    const twins: SystemUuids = { own, others: [ownReversed] };
    const judged = await judge(twins, device("a", on, own));
    assert.deepEqual(judged, { ...fine, same: [null], unproven: "another node tells the same UUID" });
    assert.deepEqual((await judge(twins, device("a", on, other))).same, [false]);
  });

  it("contradict, of a machine that tells none, only by the UUID of another node", async () => {
    const nameless: SystemUuids = { own: null, others: [other] };
    const judged = await judge(nameless, device("a", on, own));
    assert.deepEqual(judged, { ...fine, same: [null], unproven: "the machine tells no UUID of its own" });
    const foreign = await judge(nameless, device("a", on, other));
    assert.equal(foreign.contradiction, `a switches another machine: ${other}, not this one`);
  });
});

describe("the UUIDs that machines tell", () => {
  it("are those of the life that is judged, and of the other nodes that live", () => {
    const observed = new Map<string, { readonly alive: Pick<Alive, "systemUuid"> | null }>([
      ["hv1", { alive: { systemUuid: other } }],
      ["hv2", { alive: { systemUuid: other } }],
      ["hv3", { alive: {} }],
      ["hv4", { alive: null }],
    ]);
    assert.deepEqual(systemUuidsOf("hv1", { systemUuid: own }, observed), { own, others: [other] });
    assert.deepEqual(systemUuidsOf("hv4", null, observed), { own: null, others: [other, other] });
  });

  it("say nothing where there is none, or another node's", () => {
    assert.equal(indistinct(alone), null);
    assert.equal(indistinct({ own: null, others: [] }), "the machine tells no UUID of its own");
    assert.equal(indistinct({ own, others: [ownReversed] }), "another node tells the same UUID");
  });
});
