/** What `keel apply`, and whatever ends as it does, make of a proposal: show it, ask, carry it out. */
import { undoneNames } from "../reconciler/control/folder-base.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { UndoReport } from "../reconciler/model/report.ts";
import type { CarryOutOptions } from "./carry-out.ts";
import type { Context } from "./context.ts";
import { layoutFor } from "./output/layout.ts";
import { shownId } from "./output/object-names.ts";
import { print } from "./output/paint.ts";
import { planLines } from "./output/plan-text.ts";
import type { FolderProposal } from "./propose-folder.ts";

export interface PutIntoForceOptions extends CarryOutOptions {
  /** `-y`: do not ask. */
  readonly yes: boolean;
  /** That it undoes what was applied since is meant. */
  readonly undo: boolean;
  /** Done once it is agreed to, and before it is in force: edits of files. */
  readonly onAgreed?: () => Promise<void>;
}

/** @throws KeelError `not-confirmed`, `stale-folder`, and what carrying it out throws */
export async function putIntoForce(
  context: Context,
  proposed: FolderProposal,
  options: PutIntoForceOptions,
): Promise<void> {
  const { report, proposal } = proposed;
  const { directoryName } = context;
  print(
    context,
    planLines(report, { directoryName, changesIntent: proposal.changesIntent }, layoutFor(context)),
  );
  const { carryOut, endWithBlocked } = await import("./carry-out.ts");
  if (!report.hasChanges && !proposal.changesIntent) {
    endWithBlocked(report.blocked);
    return;
  }
  refuseToUndo(report.undo, options, directoryName);
  if (!options.yes && (report.hasChanges || report.undo !== null)) {
    await context.confirm("\nApply these changes? Only 'yes' will be accepted: ");
  }
  await options.onAgreed?.();
  await carryOut(context, proposed, options);
}

/** Where nobody is asked, nobody sees what is lost. @throws KeelError `stale-folder` */
function refuseToUndo(
  undo: UndoReport | null,
  { yes, undo: isMeant }: PutIntoForceOptions,
  directory: string,
): void {
  if (undo === null || !yes || isMeant) return;
  const { base, head } = undo;
  throw new KeelError("stale-folder", { directory, base, head, what: undoneNames(undo, shownId) });
}
