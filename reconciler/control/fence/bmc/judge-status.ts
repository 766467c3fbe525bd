import type { PowerReading } from "../fence-device.ts";
import { describeEnd, type Words } from "./describe-end.ts";
import type { ProgramEnd } from "./run-program.ts";

/** As its line of `-o status` says; letter case and what stands around it mean nothing. */
const stateLine = /^[ \t]*status[ \t]*:[ \t]*(on|off)\b/gimu;

/** By the protocol of fence agents: what `-o status` exits with, for each state. 2 is also bad usage, hence the text. */
const exitCodeOf = { on: 0, off: 2 } as const;

/**
 * What `-o status` said. Text and exit status must agree, and the text with itself; anything else is unknown. Pure.
 */
export function judgeStatus(end: ProgramEnd, words: Words): PowerReading {
  const told = end.kind === "exited" ? statesIn(end.stdout) : new Set<"on" | "off">();
  const [state, other] = told;
  if (end.kind !== "exited" || state === undefined) return { power: "unknown", why: describeEnd(end, words) };
  if (other !== undefined) {
    return { power: "unknown", why: `${words.program} says both on and off` };
  }
  if (end.code !== exitCodeOf[state]) {
    const why = `${words.program} says ${state}, and ends with status ${end.code}, which means otherwise`;
    return { power: "unknown", why };
  }
  return { power: state };
}

function statesIn(text: string): ReadonlySet<"on" | "off"> {
  const states = [...text.matchAll(stateLine)].map(([, state]) => state?.toLowerCase());
  return new Set(states.flatMap((state) => (state === "on" || state === "off" ? [state] : [])));
}
