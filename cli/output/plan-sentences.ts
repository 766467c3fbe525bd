/** The last lines of a plan: what it comes to, and what to type next. */
import { unreachable } from "../../reconciler/model/unreachable.ts";
import type { ChangeReport, ChangeWord, PlanReport } from "../../reconciler/model/report.ts";

export interface PlanSubject {
  /** The folder, as the user wrote it. */
  readonly directoryName: string;
  /** The documents differ from those that are applied, also where that changes nothing in the cluster. */
  readonly changesIntent: boolean;
}

/** `Plan: 3 to create, 2 to update (1 restart), 1 to migrate, 0 to destroy.` */
export function summarySentence(report: PlanReport, subject: PlanSubject): string {
  const blocked = report.blocked.length === 0 ? "" : ` ${report.blocked.length} blocked.`;
  if (!report.hasChanges) return noChanges(report, subject) + blocked;
  return `Plan: ${summaryPhrase(report.summary)}.${blocked}`;
}

/** How many of the changes there are of each kind. */
export function summaryOf(changes: readonly ChangeReport[]): PlanReport["summary"] {
  const countOf = (word: ChangeWord) => changes.filter((change) => change.word === word).length;
  return {
    create: countOf("create"),
    update: countOf("update"),
    start: countOf("start"),
    stop: countOf("stop"),
    restart: countOf("restart"),
    migrate: countOf("migrate"),
    destroy: countOf("destroy"),
    orphan: countOf("orphan"),
    adopt: countOf("adopt"),
    remove: countOf("remove"),
  };
}

/** `3 to create, 2 to update (1 restart), 1 to migrate, 0 to destroy`; what never is said is left out. */
export function summaryPhrase(summary: PlanReport["summary"]): string {
  const updates = summary.update + summary.restart;
  const restarts = summary.restart === 0 ? "" : ` (${summary.restart} restart)`;
  const others = (["start", "stop", "adopt", "orphan", "remove"] as const)
    .filter((word) => summary[word] > 0)
    .map((word) => `${summary[word]} to ${verb(word)}`);
  return [
    `${summary.create} to create`,
    `${updates} to update${restarts}`,
    `${summary.migrate} to migrate`,
    ...others,
    `${summary.destroy} to destroy`,
  ].join(", ");
}

function noChanges({ generation }: PlanReport, { directoryName, changesIntent }: PlanSubject): string {
  if (!changesIntent) return `No changes. The cluster matches ${directoryName} (generation ${generation}).`;
  if (generation === 0) return `No changes. Nothing was applied yet, and ${directoryName} asks for nothing.`;
  return `No changes to the cluster. ${directoryName} is written otherwise than generation ${generation}, and means the same.`;
}

function verb(word: ChangeWord): string {
  switch (word) {
    case "orphan":
      return "leave as orphans";
    case "create":
    case "update":
    case "start":
    case "stop":
    case "restart":
    case "migrate":
    case "destroy":
    case "adopt":
    case "remove":
      return word;
    default:
      return unreachable(word);
  }
}

export interface ApplyCommand {
  readonly directoryName: string;
  /** The saved plan, where there is one. */
  readonly file: string | null;
  readonly allowDestroy: number | null;
  readonly allowOrphan: number | null;
}

/** The command that carries the plan out, as it is to be typed. */
export function applyCommand({ directoryName, file, allowDestroy, allowOrphan }: ApplyCommand): string {
  if (file !== null) return `keel apply ${quoted(file)}`;
  return [
    "keel apply",
    ...(directoryName === "cluster.d" ? [] : [`--dir ${quoted(directoryName)}`]),
    ...(allowDestroy === null ? [] : [`--allow-destroy ${allowDestroy}`]),
    ...(allowOrphan === null ? [] : [`--allow-orphan ${allowOrphan}`]),
  ].join(" ");
}

function quoted(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}
