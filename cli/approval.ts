/** The word of a person that one VM may be destroyed, given and taken back. */
import type { ClusterFeed } from "../reconciler/control/cluster-feed.ts";
import { destructionOf, requestId, withdrawRequest, writeRequest } from "../reconciler/control/requests.ts";
import type { Vm } from "../reconciler/model/desired.ts";
import { KeelError } from "../reconciler/model/errors.ts";
import type { Request } from "../reconciler/model/journal.ts";
import type { Context } from "./context.ts";
import { loadFolder } from "./folder.ts";
import { refuseIfFrozen } from "./frozen.ts";
import { notFound } from "./output/object-names.ts";

export interface Approval {
  readonly vm: Vm;
  readonly request: Request;
}

/** @throws KeelError `not-found`, `refused`, `usage` where it has no such disk, `store-frozen` */
export async function approveDestruction(
  context: Context,
  name: string,
  disks: readonly string[],
): Promise<Approval> {
  const feed = await context.feed();
  refuseIfFrozen(feed.state);
  const vm = await absentVm(name, feed, context);
  checkDisks(vm, disks);
  const wish = destructionOf(vm, feed.state.identities.get(name) ?? null, disks);
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { request } = await writeRequest(store, keys, wish, { by: context.user, now: context.clock.now() });
  return { vm, request };
}

/** What was taken back. @throws KeelError `not-found`, `refused` where it was used meanwhile */
export async function withdrawApproval(context: Context, name: string): Promise<Request> {
  const { state } = await context.feed();
  const request = state.requests.get(requestId("destroy", name));
  if (request === undefined) {
    throw new KeelError("not-found", { what: "approval", name: `vm/${name}`, kind: "requests" });
  }
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  if (!(await withdrawRequest(store, keys, request))) {
    const advice = "`keel get requests` lists what there is; `keel get steps` shows what is being done.";
    const why = "it was used or given anew meanwhile";
    throw new KeelError("refused", { what: `Taking back the approval for vm/${name}`, why, advice });
  }
  const { revision: _, ...withdrawn } = request;
  return withdrawn;
}

/** As it is applied, or as the folder wants it once it is applied. @throws KeelError `not-found`, `refused` */
async function absentVm(name: string, feed: ClusterFeed, context: Context): Promise<Vm> {
  const { desired, placements } = feed.state;
  const applied = desired.vms.get(name);
  const written = applied?.state === "absent" ? applied : await inFolder(name, context);
  if (written === undefined && applied === undefined && !placements.has(name)) {
    throw notFound("VM", "vms", name, desired.vms.keys());
  }
  if (written?.state === "absent") {
    refuseProtected(written, applied);
    return written;
  }
  const why =
    written === undefined ? "no document asks for it" : `its document says \`state: ${written.state}\``;
  const advice =
    "Write `state: absent` into its document first: files are the intent, an approval only lets it happen.";
  throw new KeelError("refused", { what: `Approving the destruction of vm/${name}`, why, advice });
}

async function inFolder(name: string, context: Context): Promise<Vm | undefined> {
  const result = await loadFolder(context);
  return result.ok ? result.desired.vms.get(name) : undefined;
}

/** `protect` outlives the edit that takes it away, so what is applied counts too. */
function refuseProtected(vm: Vm, applied: Vm | undefined): void {
  if (!vm.protect && applied?.protect !== true) return;
  throw new KeelError("refused", {
    what: `Approving the destruction of vm/${vm.name}`,
    why: "`protect: true` stands",
    advice: "Take `protect` away in one apply, then ask for `state: absent` in another.",
  });
}

function checkDisks(vm: Vm, disks: readonly string[]): void {
  const known = new Map(vm.disks.map((disk) => [disk.name, disk]));
  for (const name of disks) {
    const disk = known.get(name);
    const names = [...known.keys()].join(", ");
    if (disk === undefined) {
      const problem = `vm/${vm.name} has no disk named "${name}"; it has ${names === "" ? "none" : names}.`;
      throw new KeelError("usage", { problem });
    }
    if (disk.shared) {
      const why = `its disk ${name} is shared with other VMs`;
      const advice = "Leave it out: shared disks are never destroyed with one of their VMs.";
      throw new KeelError("refused", { what: `Approving the destruction of vm/${vm.name}`, why, advice });
    }
  }
}
