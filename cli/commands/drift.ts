import type { Command } from "commander";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { DriftReport, PlanReport, SourceReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { warnIfFrozen } from "../frozen.ts";
import { printData } from "../output/answer.ts";
import { driftBlocks } from "../output/drift-text.ts";
import { type Layout, layoutFor, paragraph, sections } from "../output/layout.ts";
import { print } from "../output/paint.ts";
import { summaryOf, summaryPhrase } from "../output/plan-sentences.ts";
import { undoHeading } from "../output/undo-text.ts";

/** `keel drift -o json`. */
export interface DriftsReport {
  /** What can be said of the folder; `why` where it is not ok. */
  readonly folder: {
    readonly directory: string;
    readonly status: SourceReport["status"];
    readonly why: string | null;
  };
  /** How many edits of each kind wait for `apply`; null where the folder is neither ok nor stale. */
  readonly pending: PlanReport["summary"] | null;
  readonly items: readonly DriftReport[];
}

/** `keel drift`: everything that is not as it was written, on either side. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("drift")
    .description(
      "Show what is not as it was written: edits that wait, what was changed by hand, orphans, strangers.",
    )
    .action(async (_options: object, self: Command) => {
      await using run = context(self);
      await drift(run);
    });
  withExamples(command, [
    ["keel drift", "what differs, and what becomes of it"],
    ["keel drift -o json", "for a program"],
  ]);
}

async function drift(context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  warnIfFrozen((await context.feed()).state, context);
  const report = await lookForDrift(context);
  if (format === "table") print(context, driftLines(report, layoutFor(context, true)));
  else await printData(context, format, report);
}

/** A folder that cannot be believed hides the edits in it, and nothing else. */
async function lookForDrift(context: Context): Promise<DriftsReport> {
  const { directoryName: directory } = context;
  const { proposeFolder } = await import("../propose-folder.ts");
  try {
    const { proposal, report } = await proposeFolder(context, {
      allowDestroy: null,
      allowOrphan: null,
      isTold: false,
    });
    const { changes, drift: items } = proposal.report;
    const pending = summaryOf(proposal.changesIntent ? changes : []);
    const { undo } = report;
    const folder =
      undo === null
        ? ({ directory, status: "ok", why: null } as const)
        : ({ directory, status: "stale", why: undoHeading(undo, directory) } as const);
    return { folder, pending, items };
  } catch (error) {
    const status = error instanceof KeelError ? statuses[error.code] : undefined;
    if (!(error instanceof KeelError) || status === undefined) throw error;
    const { viewOf } = await import("../view.ts");
    const { report } = viewOf(await context.feed(), context);
    return { folder: { directory, status, why: error.message }, pending: null, items: report.drift };
  }
}

const statuses: Readonly<Partial<Record<KeelError["code"], SourceReport["status"]>>> = {
  "source-invalid": "invalid",
  "source-suspect": "suspect",
  "source-unreadable": "unreadable",
};

function driftLines({ folder, pending, items }: DriftsReport, layout: Layout): readonly Line[] {
  const isClean = items.length === 0;
  return sections([
    folderLines(folder, pending, layout),
    ...driftBlocks(items, layout),
    isClean ? [[span("Nothing was changed outside keel.")]] : [],
  ]);
}

function folderLines(
  { directory, why }: DriftsReport["folder"],
  pending: DriftsReport["pending"],
  layout: Layout,
): readonly Line[] {
  if (pending === null)
    return paragraph(0, `What waits in ${directory} is not known: ${why ?? ""}`, "warn", layout);
  const waits = Object.values(pending).some((count) => count > 0);
  if (!waits) return paragraph(0, `${directory} says what is applied.`, "plain", layout);
  const edits = `Edits in ${directory} wait for \`keel apply\`: ${summaryPhrase(pending)}.`;
  return [
    ...paragraph(0, edits, "plain", layout),
    ...(why === null ? [] : paragraph(0, `${why}; \`keel plan\` shows them.`, "warn", layout)),
  ];
}
