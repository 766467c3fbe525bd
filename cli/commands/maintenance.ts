import type { Command } from "commander";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { MaintenanceState } from "../../reconciler/model/maintenance.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { duration, name } from "../option-values.ts";

interface OnOptions {
  readonly reason: string;
  readonly for?: number;
  readonly node?: string;
}

/**
 * `keel maintenance`: what is in force, and overrides. The intent itself is `maintenance:` of the Cluster or a Node; an
 * override is for when the files cannot be edited or applied. The stricter of both wins.
 */
export function register(program: Command, context: ContextFactory): void {
  const group = program
    .command("maintenance")
    .description("No fencing and no takeover: whether that is so, and overrides of the files.")
    .helpCommand(false);
  const status = group
    .command("status")
    .description("Say what maintenance is in force, why, and until when.")
    .action(async (_: unknown, self: Command) => {
      await using run = context(self);
      await show((await run.feed()).state, run);
    });
  const on = group
    .command("on")
    .description("Switch maintenance on by a request, where no file can be edited. It ends by itself.")
    .requiredOption("--override", "by a request; the intent itself is `maintenance:` in the files")
    .requiredOption("--reason <text>", "why, for whoever finds the banner")
    .option("--for <duration>", "how long", duration)
    .option("--node <node>", "of this node alone", name)
    .action(async (options: OnOptions, self: Command) => {
      await using run = context(self);
      await override(options, run);
    });
  const off = group
    .command("off")
    .description("Take an override back. What the files say stays.")
    .requiredOption("--override", "the request; the intent itself is `maintenance:` in the files")
    .option("--node <node>", "of this node alone", name)
    .action(async (options: Pick<OnOptions, "node">, self: Command) => {
      await using run = context(self);
      await withdraw(options, run);
    });
  withExamples(status, [["keel maintenance status", "whether anything is left alone now"]]);
  withExamples(on, [["keel maintenance on --override --reason 'switch swap' --for 2h", "the whole cluster"]]);
  withExamples(off, [["keel maintenance off --override", "the override's, not the files'"]]);
}

async function override(options: OnOptions, context: Context): Promise<void> {
  const { overrideMaintenance } = await import("../maintenance-override.ts");
  const { node, reason, for: forMs } = options;
  const wanted = { node: node ?? null, reason, forMs: forMs ?? null };
  const { expiresAt } = await overrideMaintenance(context, wanted);
  context.out(`Maintenance is on until ${formatTime(expiresAt)}: no fencing, no takeover.`);
}

async function withdraw({ node }: Pick<OnOptions, "node">, context: Context): Promise<void> {
  const { withdrawOverride } = await import("../maintenance-override.ts");
  await withdrawOverride(context, node ?? null);
  context.out("The override is withdrawn; what the files say stays.");
}

async function show(state: ClusterState, context: Context): Promise<void> {
  const { maintenanceInForce } = await import("../../reconciler/control/report/maintenance-report.ts");
  const { cluster, nodes } = maintenanceInForce(state);
  const states: readonly (readonly [string, MaintenanceState])[] = [
    [`cluster ${state.desired.cluster.name}`, cluster],
    ...Object.entries(nodes),
  ];
  for (const [what, state] of states) context.out(`${what}: ${inWords(state)}`);
}

function inWords({ on, reason, until, doubt }: MaintenanceState): string {
  if (!on) return "no maintenance";
  const why = reason ?? "no reason given";
  if (doubt) return `on: ${why}; its time is over, but the clock that says so was set`;
  return `on: ${why}; ${until === null ? "no end set" : `until ${formatTime(until)}`}`;
}
