/** What the API changes: by the verbs, plans and requests of the command line. */
import { checkMatch } from "../../reconciler/api/etag.ts";
import type { Actions, Asked, Call, Changed, Edit } from "../../reconciler/api/ports.ts";
import { DetailedError } from "../../reconciler/api/problem.ts";
import { planOf } from "../../reconciler/control/report/cluster-report.ts";
import { objectOf } from "../../reconciler/control/requests.ts";
import { parseFile } from "../../reconciler/desired/load/parse-file.ts";
import { isXmlText } from "../../reconciler/desired/resolve/domain-xml.ts";
import { Validator } from "../../reconciler/desired/schema/validators.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId } from "../../reconciler/model/names.ts";
import { count } from "../../tui/view/amounts.ts";
import { textOf } from "../../tui/view/line.ts";
import { withdrawApproval } from "../approval.ts";
import type { Context } from "../context.ts";
import { issueLines, readerOf } from "../folder.ts";
import { overrideMaintenance, withdrawOverride } from "../maintenance-override.ts";
import { refuseBadXml } from "../refuse-bad-xml.ts";
import { diffLines } from "../verbs/hand-patch.ts";
import { noteWord, wishOf } from "../node-words.ts";
import { type PlannedVerb, planVerb, proposeVerb, type VerbProposal } from "../verbs/propose-edits.ts";
import { runVerb } from "../verbs/run-verb.ts";
import { requestForVms } from "../verbs/vm-requests.ts";
import { checkInForce, checkSource, unlessWaiting } from "./call-checks.ts";
import { CallContext } from "./call-context.ts";
import { OneByOne } from "./one-by-one.ts";
import { planShelf } from "./plan-shelf.ts";
import { verbOf } from "./verb-of.ts";

export function apiActions(daemon: Context): Actions {
  const turns = new OneByOne();
  const inTurn = <T>(call: Call, work: (context: CallContext) => Promise<T>): Promise<T> =>
    turns.run(call.signal, () => withRemarks(new CallContext(daemon, call), work));
  return {
    edit: (edit, call) => inTurn(call, (context) => makeEdit(context, edit, call)),
    ask: (kind, vm, call) =>
      inTurn(call, async (context) => {
        await checkInForce(context, call);
        if (!call.dryRun) await requestForVms(context, kind, [vm], { wait: false });
        return [{ request: kind, object: objectId("VM", vm) }];
      }),
    ...planShelf(daemon, inTurn),
    vouch: (word, node, call) =>
      inTurn(call, async (context) => {
        await checkInForce(context, call);
        const wish = await wishOf(context, word, node);
        if (!call.dryRun) await noteWord(context, wish);
        return { request: word, object: objectId("Node", node) };
      }),
    withdraw: (request, call) =>
      inTurn(call, async (context) => {
        const { state } = await context.feed();
        const kind = state.requests.get(request)?.kind;
        const subject = request.slice(request.indexOf("-") + 1);
        if (kind === "destroy") await withdrawApproval(context, subject);
        else if (kind === "maintenance")
          await withdrawOverride(context, request.includes("-") ? subject : null);
        else if (kind === undefined)
          throw new KeelError("not-found", { what: "request", name: request, kind: "requests" });
        else throw notTakenBack(request);
      }),
    overrideMaintenance: (override, call) =>
      inTurn(call, async (context) => {
        const request = await overrideMaintenance(context, override);
        return { request: "maintenance", object: objectOf(request) };
      }),
  };
}

function notTakenBack(request: string): KeelError {
  return new KeelError("refused", {
    what: `Taking back ${request}`,
    why: "only approvals and overrides of maintenance are taken back",
    advice: "Ask for the opposite; what is not used ends by itself, within an hour.",
  });
}

/** Errors with what was said beside them. */
async function withRemarks<T>(context: CallContext, work: (context: CallContext) => Promise<T>): Promise<T> {
  try {
    return await work(context);
  } catch (error) {
    if (!(error instanceof KeelError) || context.remarks.length === 0) throw error;
    throw new DetailedError(error, context.remarks);
  }
}

async function makeEdit(context: CallContext, edit: Edit, call: Call): Promise<Changed> {
  const verb = verbOf(edit, context.clock.now());
  if (edit.act === "define") checkDefinition(context, edit.text, verb.what);
  await checkSource(context, verb.what);
  const feed = await context.feed();
  let asked: readonly Asked[] = [];
  let latest: { readonly planned: PlannedVerb; readonly proposed: VerbProposal } | null = null;
  const onProposed = (planned: PlannedVerb, proposed: VerbProposal): void => {
    checkMatch(call.ifMatch, feed.state.applied.revision);
    latest = { planned, proposed };
    asked = proposed.proposal.changesIntent ? [] : askedBy(context, latest);
  };
  if (call.dryRun) {
    const planned = await planVerb(context, readerOf(context), verb, feed);
    onProposed(planned, await proposeVerb(context, verb, feed, planned, { allowOrphan: null }));
  } else {
    await unlessWaiting(() => runVerb(context, verb, { yes: true, apply: true, wait: false, onProposed }));
  }
  return changed(context, call, latest, asked);
}

async function changed(
  context: CallContext,
  { dryRun }: Call,
  latest: { readonly planned: PlannedVerb; readonly proposed: VerbProposal } | null,
  requests: readonly Asked[],
): Promise<Changed> {
  if (latest === null) throw new TypeError("an edit that was never proposed");
  const { planned, proposed } = latest;
  const { state } = await context.feed();
  return {
    dryRun,
    generation: state.applied.head?.generation ?? 0,
    files: planned.changes.map((change) => ({
      file: change.file,
      diff: diffLines([change], context.directoryName)
        .map((line) => `${textOf(line)}\n`)
        .join(""),
    })),
    plan: proposed.report,
    waiting: proposed.waiting,
    requests,
  };
}

/** What the verb asks for where nothing is left to edit. */
function askedBy(
  { clock }: CallContext,
  { planned, proposed }: { readonly planned: PlannedVerb; readonly proposed: VerbProposal },
): readonly Asked[] {
  const { state } = proposed.feed;
  const now = clock.now();
  const wishes = planned.intent.wishes?.({ state, plan: planOf(state, now), now }) ?? [];
  return wishes.map((wish) => ({ request: wish.kind, object: objectOf(wish) }));
}

/** What is wrong with them by themselves, all of it. @throws KeelError `document-invalid`, `refused` */
function checkDefinition(context: CallContext, text: string, what: string): void {
  if (isXmlText(text)) {
    refuseBadXml(context, text, { file: "request.xml", what });
    return;
  }
  const { issues } = parseFile("request.yaml", text, new Validator());
  const errors = issues.filter(({ severity }) => severity === "error").length;
  if (errors === 0) return;
  for (const line of issueLines(issues, { directoryName: "." })) context.err(line);
  throw new KeelError("document-invalid", { what, count: count(errors, "error") });
}
