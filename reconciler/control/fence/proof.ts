import { type FenceRecord, historyWith, type Incident, type Proof } from "../../model/fence.ts";
import { reason } from "../../model/reasons.ts";
import type { StoredRequest } from "../cluster-state.ts";
import { common, type Next, type NodeCase, write } from "./case.ts";

/** From here on the node owns nothing, until it is seen alive. */
export function prove(
  it: NodeCase,
  incident: Incident,
  proof: Proof,
  uses: readonly StoredRequest[] = [],
): Next {
  const { node } = it;
  const held = it.withImages().map((vm) => [vm, reason("images-being-released", { node, vm })] as const);
  const shared = common(it);
  const record: FenceRecord = {
    ...shared,
    ...historyWith(shared, proof),
    phase: "proven",
    incident,
    proof,
    vms: it.owns(),
    ...(held.length > 0 && { unreleased: Object.fromEntries(held) }),
    powerOn: proof.by === "bmc" && it.powersOn !== "never" ? "wanted" : "no",
  };
  return write(record, { level: "warning", reason: inWords(node, proof) }, uses);
}

function inWords(node: string, proof: Proof) {
  return proof.by === "bmc"
    ? reason("proven-off", { node, devices: proof.devices.join(", ") })
    : reason("confirmed-dead", { node, by: proof.who });
}
