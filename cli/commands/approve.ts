import type { Command } from "commander";
import type { ClusterFeed } from "../../reconciler/control/cluster-feed.ts";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { Vm } from "../../reconciler/model/desired.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import type { Request } from "../../reconciler/model/journal.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { objectNamed } from "../output/object-names.ts";

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
  const disks = options.disks ?? [];
  const { approveDestruction } = await import("../approval.ts");
  const { vm, request } = await approveDestruction(context, name, disks);
  const feed = await context.feed();
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
  const { withdrawApproval } = await import("../approval.ts");
  const withdrawn = await withdrawApproval(context, name);
  if (format === "table") context.out(`Taken back: vm/${name} is not destroyed without a new approval.`);
  else await (await import("../output/answer.ts")).printData(context, format, withdrawn);
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
