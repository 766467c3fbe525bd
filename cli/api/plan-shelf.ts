/** Plans of the API: saved beside what the daemons keep, shown, approved and applied by their ids. */
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Actions, Call, Changed, SavedPlan as Shown } from "../../reconciler/api/ports.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { objectId } from "../../reconciler/model/names.ts";
import { approveDestruction } from "../approval.ts";
import type { Context } from "../context.ts";
import { proposeFolder } from "../propose-folder.ts";
import { proposeSaved } from "../propose-saved.ts";
import { putIntoForce } from "../put-into-force.ts";
import { savePlan } from "../save-plan.ts";
import { readSavedPlan, type SavedPlan, savedPlanMs } from "../saved-plan.ts";
import { checkInForce, checkSource, unlessWaiting } from "./call-checks.ts";
import type { CallContext } from "./call-context.ts";
import { stateFolderFor } from "./state-folder.ts";

type InTurn = <T>(call: Call, work: (context: CallContext) => Promise<T>) => Promise<T>;

/** More are made by somebody's loop. */
const plansMax = 200;

export function planShelf(
  daemon: Context,
  inTurn: InTurn,
): Pick<Actions, "makePlan" | "plan" | "applyPlan" | "approve"> {
  const folder = async () => join(await stateFolderFor(daemon), "plans");
  const pathOf = async (id: string) => join(await folder(), `${id}.plan`);
  const read = async (id: string) => readPlan(await pathOf(id), id);
  return {
    makePlan: (options, call) =>
      inTurn(call, async (context) => {
        await checkInForce(context, call);
        await checkSource(context, "Planning");
        const proposed = await proposeFolder(context, { ...options, isTold: true });
        const shelf = await folder();
        await makeRoom(shelf, context.clock.now());
        const draft = join(shelf, "draft");
        const saved = await savePlan(context, proposed, { path: draft, allowDestroy: options.allowDestroy });
        await rename(draft, await pathOf(saved.id));
        return shown(saved);
      }),
    plan: async (id) => shown(await read(id)),
    applyPlan: (id, undo, call) =>
      inTurn(call, async (context) => {
        await read(id);
        return applyPlan(context, { path: await pathOf(id), id, undo }, call);
      }),
    approve: (id, vm, disks, call) =>
      inTurn(call, async (context) => {
        const { report } = await read(id);
        const object = objectId("VM", vm);
        const waits = report.blocked.some(
          (blocked) => blocked.object === object && blocked.reason.code === "approval-needed",
        );
        if (!waits) throw notInPlan(id, vm);
        if (!call.dryRun) await approveDestruction(context, vm, disks);
        return { request: "destroy", object };
      }),
  };
}

async function applyPlan(
  context: CallContext,
  { path, id, undo }: { readonly path: string; readonly id: string; readonly undo: boolean },
  call: Call,
): Promise<Changed> {
  await checkInForce(context, call);
  const proposed = await proposeSaved(context, path, `plan ${id}`);
  if (!call.dryRun) {
    const { saved } = proposed;
    const once = { saved, follow: false, timeoutMs: null, goals: [], insists: false, note: null };
    await unlessWaiting(() =>
      putIntoForce(context, proposed, { ...once, yes: true, undo, keepsBase: false }),
    );
  }
  const { state } = proposed.feed;
  const generation = state.applied.head?.generation ?? 0;
  return { dryRun: call.dryRun, generation, files: [], plan: proposed.report, waiting: [], requests: [] };
}

/** @throws KeelError `not-found` */
async function readPlan(path: string, id: string): Promise<SavedPlan> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) throw new KeelError("not-found", { what: "plan", name: id, kind: "requests" });
  return readSavedPlan(path);
}

/** Plans that nobody can apply any more are taken away. @throws KeelError `overloaded` */
async function makeRoom(shelf: string, now: number): Promise<void> {
  await mkdir(shelf, { recursive: true, mode: 0o700 });
  const files = (await readdir(shelf)).filter((file) => file.endsWith(".plan"));
  const ages = await Promise.all(
    files.map(async (file) => ({ file, at: (await stat(join(shelf, file))).mtimeMs })),
  );
  const old = ages.filter(({ at }) => now - at > savedPlanMs);
  await Promise.all(old.map(({ file }) => rm(join(shelf, file), { force: true })));
  const kept = files.length - old.length;
  if (kept >= plansMax) throw new KeelError("overloaded", { count: kept });
}

function shown({ id, createdAt, expiresAt, by, report }: SavedPlan): Shown {
  return { id, createdAt, expiresAt, by, plan: report };
}

function notInPlan(id: string, vm: string): KeelError {
  return new KeelError("refused", {
    what: `Approving the destruction of vm/${vm}`,
    why: `plan ${id} does not show it as waiting for an approval`,
    advice: "Make a plan once its document says `state: absent`, and look at it.",
  });
}
