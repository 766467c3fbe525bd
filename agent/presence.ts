import type { NodeName } from "../reconciler/model/names.ts";
import type { AgentPresence } from "../reconciler/model/observed.ts";
import { encode } from "../reconciler/store/codec.ts";
import { HeldKey, type HeldKeyOptions } from "./held-key.ts";

export interface PresenceOptions extends Omit<HeldKeyOptions, "value" | "onHeld"> {
  readonly node: NodeName;
  readonly presence: AgentPresence;
}

/** A newer agent serves the node; this one has to end. */
export class AgentReplacedError extends Error {
  constructor(node: NodeName) {
    super(`another agent was started for ${node} and has taken over; this one stops`);
    this.name = "AgentReplacedError";
  }
}

/**
 * The agent's own key, under its own lease. The newest agent of a node overwrites it, and every write of an agent
 * compares it: of two agents only the newer can write, so that one that was frozen does no harm when it wakes up.
 * Its `run` rejects with an `AgentReplacedError` when a newer agent took the key.
 */
export function agentPresence({ node, presence, ...held }: PresenceOptions): HeldKey {
  return new HeldKey({
    ...held,
    value: encode(presence),
    onHeld: (_, isStart) => {
      if (isStart) return "replace";
      throw new AgentReplacedError(node);
    },
  });
}
