/**
 * The next thing to be written about one node that is silent, or was. Pure: each state leads on from the record alone,
 * so that a leader's death at any point costs time and nothing else.
 *
 *     (nothing) → suspect → lost → cutting → failed → cutting … → proven → recovering → done → (nothing)
 *
 * A person's word leads from each state without proof to proven, and life from each of them back to nothing: but not
 * from cutting. A round that has begun is finished first.
 */
import { backAlive } from "./back.ts";
import { type Next, type NodeCase, rest } from "./case.ts";
import { whileCutting } from "./cutting.ts";
import { afterProof, inQuarantine } from "./return.ts";
import { whileSilent } from "./silence.ts";

export function nextOf(it: NodeCase): Next {
  const { record } = it;
  switch (record?.phase) {
    case "cutting":
      return whileCutting(it, record);
    case "proven":
    case "recovering":
    case "done":
      return afterProof(it, record);
    case "suspect":
    case "lost":
    case "failed":
      return it.alive === null ? whileSilent(it, record) : backAlive(it, record.incident);
    case "closed":
    case undefined:
      if (it.alive === null) return it.isKnown ? whileSilent(it, null) : rest();
      return record?.quarantine == null ? backAlive(it, null) : inQuarantine(it);
  }
}
