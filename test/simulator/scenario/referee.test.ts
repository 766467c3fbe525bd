import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { GuestEvent } from "../../../agent/hypervisor/simulated/guest-event.ts";
import { resolveDocuments } from "../../../reconciler/desired/resolve-documents.ts";
import type { Desired } from "../../../reconciler/model/desired.ts";
import type { ObjectId } from "../../../reconciler/model/names.ts";
import { Referee } from "../../../simulator/scenario/referee.ts";

function wanted(
  vm: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>> = {},
): Desired {
  const documents = new Map<ObjectId, unknown>([
    ["Node/hv1", { kind: "Node", name: "hv1" }],
    ["Node/hv2", { kind: "Node", name: "hv2" }],
    ["VM/web", { kind: "VM", name: "web", memory: "1GiB", ...vm }],
    ["VM/mail", { kind: "VM", name: "mail", memory: "1GiB", ...other }],
  ]);
  const resolved = resolveDocuments(documents, { host: "hv1", simulated: true });
  assert.ok(resolved.ok);
  return resolved.desired;
}

function event(vm: string, node: string, kind: "start" | "resume" = "start"): GuestEvent {
  return { at: 0, vm, node, epoch: 1, uuid: vm, volumes: [], kind };
}

function laws(referee: Referee): string[] {
  return referee.violations.map(({ law }) => law);
}

describe("the referee", () => {
  it("sees a VM that runs on two nodes", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({}));
    referee.witness(event("web", "hv1"), 0);
    referee.witness(event("web", "hv2"), 0);
    assert.deepEqual(laws(referee), ["runs-once"]);
  });

  it("sees a VM that is brought outside of its limits, and one that nobody wants", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({ limits: ["hv1"] }, { state: "stopped" }));
    referee.witness(event("web", "hv2"), 0);
    referee.witness(event("mail", "hv1"), 0);
    assert.deepEqual(laws(referee), ["limits", "wanted"]);
  });

  it("sees two of one group on one node", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({ apart: ["x"] }, { apart: ["x"] }));
    referee.witness(event("web", "hv1"), 0);
    referee.witness(event("mail", "hv1"), 0);
    assert.deepEqual(laws(referee), ["apart"]);
  });

  it("sees one VM that runs under two names, and two that have one volume open", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({}));
    referee.witness({ ...event("web", "hv1"), uuid: "u", volumes: ["vms/web-root"] }, 0);
    referee.witness({ ...event("mail", "hv2"), uuid: "u" }, 0);
    assert.deepEqual(laws(referee), ["runs-once"]);
    referee.witness({ ...event("other", "hv1"), volumes: ["vms/a"] }, 0);
    referee.witness({ ...event("third", "hv1"), volumes: ["vms/a"] }, 0);
    assert.deepEqual(
      laws(referee).filter((law) => law === "volumes"),
      ["volumes"],
    );
  });

  it("knows a VM that got another name by it", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({}));
    referee.witness(event("web", "hv1"), 0);
    referee.witness({ ...event("site", "hv1"), uuid: "web", kind: "relabel", from: "web" }, 0);
    referee.witness({ ...event("web", "hv2"), uuid: "another" }, 0);
    assert.deepEqual(laws(referee), []);
  });

  it("does not blame a step for an edit that came after its release", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({}));
    referee.intents.add(10, wanted({ limits: ["hv1"], state: "stopped" }));
    referee.witness(event("web", "hv2"), 5);
    assert.deepEqual(laws(referee), []);
    referee.witness({ ...event("web", "hv2"), kind: "stop", method: "cut" }, 5);
    referee.witness(event("web", "hv2"), 15);
    assert.deepEqual(laws(referee), ["wanted", "limits"]);
  });

  it("sees a home that changes, and a VM that is destroyed, without anybody having asked", () => {
    const referee = new Referee(() => 0);
    referee.intents.add(0, wanted({ node: "hv2" }));
    referee.homeChanged("web", "hv1", "hv2", 5);
    referee.homeChanged("web", "hv2", "hv1", 5);
    referee.destroyed("web");
    referee.approve("mail");
    referee.destroyed("mail");
    assert.deepEqual(laws(referee), ["homes", "approved"]);
  });
});
