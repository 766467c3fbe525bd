/** What `--lose`, `--flush` and `--add-vms` ask, on the live cluster or with the folder's edits. Writes nothing. */
import { presentInput } from "../reconciler/control/plan-input.ts";
import { reportWhatIf } from "../reconciler/control/report/what-if.ts";
import type { NodeName } from "../reconciler/model/names.ts";
import type { Supposition, WhatIfReport } from "../reconciler/model/what-if-report.ts";
import type { PlanInput } from "../reconciler/plan/input.ts";
import { readNodes } from "../reconciler/plan/node-facts.ts";
import type { Context } from "./context.ts";
import { warnIfFrozen } from "./frozen.ts";
import { layoutFor } from "./output/layout.ts";
import { printData } from "./output/answer.ts";
import { notFound } from "./output/object-names.ts";
import { print } from "./output/paint.ts";
import { namesMeant } from "./verbs/subjects.ts";

/**
 * `flush` may hold patterns.
 *
 * @throws KeelError `not-found` where a node that is named is not there
 */
export async function suppose(
  context: Context,
  supposed: Supposition,
  options: { readonly detail: boolean; readonly edits: boolean },
): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const report = await answer(context, supposed, options.edits);
  if (format === "table") {
    const { whatIfLines } = await import("./output/what-if-text.ts");
    print(context, whatIfLines(report, layoutFor(context, options.detail)));
  } else await printData(context, format, report);
  if (!report.fits) context.exitWith(1);
}

async function answer(context: Context, supposed: Supposition, edits: boolean): Promise<WhatIfReport> {
  const { state } = await context.feed();
  warnIfFrozen(state, context);
  const present = presentInput(state, context.clock.now());
  const input = edits ? await withEdits(context, present) : present;
  requireNodes(supposed.lose, [...readNodes(input).keys()]);
  const flush = namesMeant(supposed.flush, "Node", new Set(input.desired.nodes.keys()));
  return reportWhatIf(input, { ...supposed, flush }, state.applied.head?.generation ?? 0);
}

function requireNodes(named: readonly NodeName[], known: readonly NodeName[]): void {
  const unknown = named.find((each) => !known.includes(each));
  if (unknown !== undefined) throw notFound("node", "nodes", unknown, known);
}

/** As if the folder were applied. */
async function withEdits(context: Context, input: PlanInput): Promise<PlanInput> {
  const { proposeFolder } = await import("./propose-folder.ts");
  const options = { allowDestroy: null, allowOrphan: null, isTold: true };
  const { desired, identities } = (await proposeFolder(context, options)).proposal;
  const journal = { ...input.journal, identities: new Map([...input.journal.identities, ...identities]) };
  return { ...input, desired, journal };
}
