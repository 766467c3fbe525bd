import type { Incident } from "../../model/fence.ts";
import { reason } from "../../model/reasons.ts";
import { closed, type Next, type NodeCase, rest, type Told, write } from "./case.ts";

/** No proof is needed for what lives. In the same boot all is as before; another boot is proof by itself. */
export function backAlive(it: NodeCase, incident: Incident | null): Next {
  const { alive, node, confirmed, record } = it;
  const uses = confirmed === null ? [] : [confirmed];
  if (incident === null) {
    return confirmed === null ? rest() : write(record, voidWord(node), uses);
  }
  const isSameBoot = incident.bootId === null || incident.bootId === alive?.bootId;
  const why = reason(isSameBoot ? "node-back" : "node-rebooted", { node });
  return write(closed(it), { level: "note", reason: why }, uses);
}

/** What a person said of an incident that is over. */
export function voidWord(node: string): Told {
  return { level: "warning", reason: reason("confirmation-void", { node }) };
}
