/** The questions that stand before everything that changes the cluster. */
import type { ClusterReport } from "../reconciler/model/report.ts";
import { act, effect, type KeyContext, type Outcome } from "./outcome.ts";
import type { UiState } from "./state.ts";
import { count } from "./view/amounts.ts";
import { shownWords, type Verb, type VerbEntry } from "./verbs.ts";
import { planWords, waitsForApproval } from "./view/plan-summary.ts";

/** Shows the plan and asks; refused, with the reason, where nothing can be applied. */
export function askApply({ state, report }: KeyContext): Outcome {
  const problem = whyNotApply(state, report);
  const pending = report?.source?.pending ?? null;
  if (problem !== null || pending === null) {
    return act({ kind: "notice", notice: { tone: "warn", text: problem ?? "There is nothing to apply." } });
  }
  const question = `Apply ${count(pending.changes.length, "edit")} (${planWords(pending)})?`;
  return act(
    { kind: "go", screen: "plan", filter: "" },
    { kind: "prompt", prompt: { kind: "apply", question, digest: report?.source?.digest ?? null } },
  );
}

/** Asks for the name of the VM whose destruction is to be approved. */
export function askApprove({ state, report }: KeyContext, vm: string): Outcome {
  if (!state.writable) return act({ kind: "notice", notice: { tone: "warn", text: readOnlyText } });
  if (!waitsForApproval(report, `VM/${vm}`)) {
    return act({
      kind: "notice",
      notice: { tone: "warn", text: `No destruction of ${vm} waits for an approval.` },
    });
  }
  return act({ kind: "prompt", prompt: { kind: "approve", vm, text: "" } });
}

/** Asks before keel is called with these words. */
export function askVerb({ state }: KeyContext, { words, typed }: Verb): Outcome {
  const problem = whyNotRun(state);
  if (problem !== null) return act({ kind: "notice", notice: { tone: "warn", text: problem } });
  if (typed !== null)
    return act({ kind: "prompt", prompt: { kind: "typed-verb", words, name: typed, text: "" } });
  const question = `Run \`${shownWords(words)}\`? Files are edited and applied without another question.`;
  return act({ kind: "prompt", prompt: { kind: "verb", words, question } });
}

/** Opens the object's file; what comes of it waits for `apply`. */
export function askEdit({ state }: KeyContext, object: string): Outcome {
  const problem = whyNotRun(state);
  return problem === null
    ? effect({ kind: "edit", object })
    : act({ kind: "notice", notice: { tone: "warn", text: problem } });
}

/** Of the marked VMs or nodes, else of the one under the cursor. */
export function askVerbOn(context: KeyContext, entry: VerbEntry, rest: readonly string[]): Outcome {
  const { state, object } = context;
  const prefix = entry.argument === "vm" ? "VM/" : "Node/";
  const meant = state.marks.size > 0 ? [...state.marks] : object === null ? [] : [object];
  const [first, ...others] = meant.filter((id) => id.startsWith(prefix)).map((id) => id.slice(prefix.length));
  const verb = first === undefined ? null : entry.verb([first, ...others.toSorted()], rest);
  if (verb !== null) return askVerb(context, verb);
  const text = `:${entry.name} takes ${entry.takes}, or what is marked or under the cursor.`;
  return act({ kind: "notice", notice: { tone: "warn", text } });
}

function whyNotRun(state: UiState): string | null {
  if (!state.writable) return readOnlyText;
  return state.run?.phase === "running"
    ? `\`${state.run.title}\` is under way (:last shows it); wait until it has ended.`
    : null;
}

const readOnlyText = "This view is read-only. `:rw` allows edits.";

/** Null: it can be applied. */
export function whyNotApply(state: UiState, report: ClusterReport | null): string | null {
  const problem = whyNotRun(state);
  if (problem !== null) return problem;
  if (report?.source === null || report === null)
    return "No folder is watched, so there is nothing to apply from here.";
  if (report.source.status === "reading")
    return `${report.source.directory} is being read; try again in a moment.`;
  if (report.source.status !== "ok")
    return `${report.source.directory} is ${report.source.status}: :drift shows why.`;
  return report.source.pending?.hasChanges === true
    ? null
    : "There is nothing to apply: the files say what was applied.";
}
