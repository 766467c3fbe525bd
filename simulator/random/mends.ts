/** How all that went wrong in a scenario is mended at its end: what is left then is for Evenkeel, or for a human. */
import { isMap } from "../../reconciler/desired/edit/merge-patch.ts";
import type { JsonMap, ScriptEvent } from "./script.ts";

/** By what an event names, the words that mend it, one event each. */
const mends: Readonly<Record<string, readonly string[]>> = {
  network: ["up"],
  power: ["on"],
  agent: ["resume", "start"],
  heartbeat: ["resume", "start"],
  bmc: ["ok"],
  clock: ["right"],
  guest: ["obey-acpi"],
  migration: ["ok"],
};

/** In one moment after the last event; only what some event did is undone. */
export function mendsOf(events: readonly ScriptEvent[]): readonly ScriptEvent[] {
  const at = (events.at(-1)?.at ?? 0) + 1;
  const store = events.some(({ act }) => "store" in act) ? [{ at, act: { store: "up" } }] : [];
  const leader = events.some(({ act }) => "reconciler" in act)
    ? ["resume-leader", "clock-right"].map((reconciler) => ({ at, act: { reconciler } }))
    : [];
  const rest = Object.entries(mends).flatMap(([what, words]) => {
    const names = new Set(events.flatMap(({ act }) => namesIn(act, what)));
    if (names.size === 0) return [];
    return words.map((word) => ({
      at,
      act: { [what]: Object.fromEntries([...names].map((n) => [n, word])) },
    }));
  });
  return [...store, ...leader, ...rest];
}

function namesIn(act: JsonMap, what: string): readonly string[] {
  const named = act[what];
  return isMap(named) ? Object.keys(named) : [];
}
