/** Plays generated scenarios and says what was wrong, so that a smaller one can be compared with it. */
import type { Outcome } from "../scenario/outcome.ts";
import { scenarioFrom } from "../scenario/read-scenario.ts";
import { ScenarioError } from "../scenario/scenario-error.ts";
import { type Observer, simulate } from "../scenario/simulate.ts";
import { fileValue, type ScenarioDocument } from "./scenario-document.ts";
import { generate } from "./generate.ts";
import { type Hits, Matrix } from "./matrix.ts";
import { shrink } from "./shrink.ts";

export interface Failure {
  /** What two failures have in common that are the same defect, as far as one can tell. */
  readonly kind: string;
  readonly text: string;
}

/** What one seed came to; plain data, to be handed from one thread to another. */
export interface SeedResult {
  readonly seed: number;
  readonly events: number;
  readonly hits: Hits;
  readonly failure: Failure | null;
}

export async function playSeed(seed: number): Promise<SeedResult> {
  const document = generate(seed);
  const matrix = new Matrix();
  const failure = await play(document, (event, moment) => matrix.note(event, moment));
  return { seed, events: document.events.length, hits: matrix.hits, failure };
}

/** null: all is well. @throws ScenarioError where the scenario cannot begin */
export async function play(document: ScenarioDocument, observer?: Observer): Promise<Failure | null> {
  const scenario = await scenarioFrom(fileValue(document));
  try {
    return failureOf(await simulate(scenario, observer));
  } catch (error) {
    if (error instanceof ScenarioError || !(error instanceof Error)) throw error;
    return { kind: `${error.name} ${error.message}`, text: error.stack ?? error.message };
  }
}

function failureOf({ violations, unmet, final }: Outcome): Failure | null {
  const [violation] = violations;
  if (violation !== undefined) {
    return { kind: violation.law, text: `${violation.law} at ${violation.at}s: ${violation.text}` };
  }
  const [first] = unmet;
  if (first !== undefined) return { kind: "unmet", text: first };
  return unhealed(final);
}

/** All was mended, so nothing is lost sight of. */
function unhealed({ vms, nodes }: Outcome["final"]): Failure | null {
  const node = Object.entries(nodes).find(
    ([, { state, alive }]) => (!alive && !cutOff.includes(state)) || unwell.includes(state),
  );
  if (node !== undefined) return { kind: "unhealed", text: `${node[0]} is ${node[1].state}` };
  const vm = Object.entries(vms).find(
    ([, { state, node }]) => state === "unknown" && (node === null || !awaitsWord(nodes[node])),
  );
  return vm === undefined ? null : { kind: "unhealed", text: `${vm[0]} is unknown: ${vm[1].reason.text}` };
}

const unwell: readonly string[] = ["agent-down", "suspect", "lost"];
/** Off since the leader has cut it: whether it comes on again is not the scenario's to mend. */
const cutOff: readonly string[] = ["fenced", "fence-failed"];

/** An edit has forbidden to bring the round to an end that has cut it off: a person has to say that it is off. */
function awaitsWord(node: Outcome["final"]["nodes"][string] | undefined): boolean {
  return node?.state === "fence-failed" && node.reason.code === "bmc-not-allowed";
}

/** The shortest scenario that was found to fail in the same way. */
export async function shortest(document: ScenarioDocument, failure: Failure): Promise<ScenarioDocument> {
  return shrink(document, async (candidate) => {
    try {
      return (await play(candidate))?.kind === failure.kind;
    } catch (error) {
      if (error instanceof ScenarioError) return false;
      throw error;
    }
  });
}
