import type { Command } from "commander";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Request } from "../../reconciler/model/journal.ts";
import { refuseIfFrozen } from "../frozen.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { notFound, objectNamed } from "../output/object-names.ts";

interface ApproveOptions {
  readonly withdraw?: true;
  readonly destroy?: true;
  readonly disks?: readonly string[];
}

/** `keel approve`: the word of a person that something may be destroyed. Nothing else ever destroys. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("approve")
    .description(
      "Approve the destruction of one VM that the files want absent. Good for one time, for an hour.",
    )
    .argument("<object>", "vm/NAME")
    .option("--destroy", "what is approved; there is nothing else to approve")
    .option("--withdraw", "take the approval back, where it was not used yet")
    .option("--disks <names>", "destroy these disks too, with commas between them; the others stay", list)
    .action(async (object: string, options: ApproveOptions, self: Command) => {
      await using run = context(self);
      await approve(object, options, run);
    });
  withExamples(command, [
    ["keel approve vm/old-wiki --destroy", "the VM; its disks stay"],
    ["keel approve vm/old-wiki --destroy --disks root,data", "the VM and these two disks"],
    ["keel get requests", "which approvals are waiting to be used, and until when they are good"],
    ["keel approve --withdraw vm/old-wiki", "take it back"],
  ]);
}

function list(text: string): readonly string[] {
  return text.split(",").map((name) => name.trim());
}

async function approve(object: string, options: ApproveOptions, context: Context): Promise<void> {
  const { name } = objectNamed(object, undefined, ["VM"]);
  if (options.withdraw === true) {
    await withdraw(name, options, context);
    return;
  }
  if (options.destroy !== true) {
    throw new KeelError("usage", { problem: `Say what is approved: keel approve vm/${name} --destroy` });
  }
  const format = context.format(["table", "json", "yaml"]);
  const feed = await context.feed();
  refuseIfFrozen(feed.state);
  const vm = await absentVm(name, feed, context);
  const disks = options.disks ?? [];
  checkDisks(vm, disks);
  const { destructionOf, writeRequest } = await import("../../reconciler/control/requests.ts");
  const wish = destructionOf(vm, feed.state.identities.get(name) ?? null, disks);
  const [store, { keys }] = await Promise.all([context.store(), context.cluster()]);
  const { request } = await writeRequest(store, keys, wish, { by: context.user, now: context.clock.now() });
  if (format === "table") tell(context, vm, request, disks, isApplied(feed, name));
  else await (await import("../output/answer.ts")).printData(context, format, request);
}

async function withdraw(name: string, options: ApproveOptions, context: Context): Promise<void> {
  if (options.destroy === true || options.disks !== undefined) {
    throw new KeelError("usage", {
      problem: `An approval is taken back whole: keel approve --withdraw vm/${name}`,
    });
  }
  const format = context.format(["table", "json", "yaml"]);
  const { requestId, withdrawRequest } = await import("../../reconciler/control/requests.ts");
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
  if (format === "table") context.out(`Taken back: vm/${name} is not destroyed without a new approval.`);
  else await (await import("../output/answer.ts")).printData(context, format, withdrawn);
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
  const { loadFolder } = await import("../folder.ts");
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

function isApplied(feed: ClusterFeed, name: string): boolean {
  return feed.state.desired.vms.get(name)?.state === "absent";
}

/** What will happen, and until when it may. */
function tell(context: Context, vm: Vm, request: Request, disks: readonly string[], applied: boolean): void {
  const kept = vm.disks.map((disk) => disk.name).filter((name) => !disks.includes(name));
  context.out(`Approved by ${request.by}: vm/${vm.name} is shut down and destroyed.`);
  if (disks.length > 0) context.out(`  ${disksAre(disks)} destroyed too, with all data.`);
  if (kept.length > 0) context.out(`  ${disksAre(kept)} kept.`);
  context.out(`  The approval is used once, and good until ${formatTime(request.expiresAt)}.`);
  context.out(applied ? "The reconciler does it now." : "Next: keel apply");
}

function disksAre(disks: readonly string[]): string {
  return disks.length === 1 ? `Its disk ${disks.join()} is` : `Its disks ${disks.join(", ")} are`;
}
