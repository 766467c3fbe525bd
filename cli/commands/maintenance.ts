import type { Command } from "commander";
import { formatTime } from "../../reconciler/desired/times.ts";
import type { ClusterState } from "../../reconciler/control/cluster-state.ts";
import type { MaintenanceState } from "../../reconciler/model/maintenance.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { duration, name } from "../option-values.ts";
import type { NodeName } from "../../reconciler/model/names.ts";
import { maintenanceEndText } from "../output/maintenance-text.ts";
import { print } from "../output/paint.ts";
import { span } from "../../tui/view/line.ts";
import type { WantedMaintenance } from "../verbs/maintenance.ts";
import { withVerbOptions } from "../verbs/options.ts";
import type { VerbOptions } from "../verbs/verb.ts";

interface OffOptions extends VerbOptions {
  readonly node?: string;
  readonly override?: true;
}

interface OnOptions extends OffOptions {
  readonly reason: string;
  readonly for?: number;
}

/**
 * `keel maintenance`: an edit of `maintenance:` of the Cluster or a Node, and what is in force. With `--override` it is a
 * request, for when the files cannot be edited or applied. The stricter of both wins.
 */
export function register(program: Command, context: ContextFactory): void {
  const group = program
    .command("maintenance")
    .description("No fencing and no takeover: switch that on or off, or say whether it is so.")
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
    .description("Switch maintenance on: `maintenance` in the document of the cluster, or of a node.")
    .requiredOption("--reason <text>", "why, for whoever finds the banner")
    .option("--for <duration>", "how long; left out: until it is switched off", duration)
    .option("--node <node>", "of this node alone", name)
    .option("--override", "by a request, where no file can be edited or applied; it ends within a day")
    .action(async (options: OnOptions, self: Command) => {
      await using run = context(self);
      await (options.override === true ? override(options, run) : edit(options, run));
    });
  const off = group
    .command("off")
    .description("Switch it off: `maintenance` goes from the document. An override stays.")
    .option("--node <node>", "of this node alone", name)
    .option("--override", "take an override back; what the files say stays")
    .action(async (options: OffOptions, self: Command) => {
      await using run = context(self);
      await (options.override === true ? withdraw(options, run) : edit(options, run));
    });
  withExamples(status, [["keel maintenance status", "whether anything is left alone now"]]);
  withExamples(withVerbOptions(on), [
    ["keel maintenance on --reason 'switch swap' --for 2h", "the whole cluster"],
    ["keel maintenance on --node hv1 --reason 'new disks'", "hv1 alone, until it is switched off"],
    ["keel maintenance on --override --reason 'switch swap'", "where the files cannot be edited"],
  ]);
  withExamples(withVerbOptions(off), [
    ["keel maintenance off", "the files'"],
    ["keel maintenance off --override", "the override's, not the files'"],
  ]);
}

async function edit(options: OffOptions | OnOptions, context: Context): Promise<void> {
  const [{ runVerb }, { setMaintenance }] = await Promise.all([
    import("../verbs/run-verb.ts"),
    import("../verbs/maintenance.ts"),
  ]);
  const node = options.node ?? null;
  await runVerb(context, setMaintenance(node, wantedBy(options, context.clock.now())), options);
}

function wantedBy(options: OffOptions | OnOptions, now: number): WantedMaintenance | null {
  if (!("reason" in options)) return null;
  // To the second: people read it.
  const until = options.for === undefined ? null : Math.ceil((now + options.for) / 1000) * 1000;
  return { reason: options.reason, until };
}

async function override(options: OnOptions, context: Context): Promise<void> {
  const { overrideMaintenance } = await import("../maintenance-override.ts");
  const { node, reason, for: forMs } = options;
  const wanted = { node: node ?? null, reason, forMs: forMs ?? null };
  const { expiresAt } = await overrideMaintenance(context, wanted);
  context.out(`Maintenance is on until ${formatTime(expiresAt)}: no fencing, no takeover.`);
}

async function withdraw({ node }: OffOptions, context: Context): Promise<void> {
  const { withdrawOverride } = await import("../maintenance-override.ts");
  await withdrawOverride(context, node ?? null);
  context.out("The override is withdrawn; what the files say stays.");
}

async function show(state: ClusterState, context: Context): Promise<void> {
  const { maintenanceInForce } = await import("../../reconciler/control/report/maintenance-report.ts");
  const { cluster, nodes } = maintenanceInForce(state);
  const name = `cluster ${state.desired.cluster.name}`;
  const states = [
    { what: name, of: cluster, node: null },
    ...Object.entries(nodes).map(([node, of]) => ({ what: node, of, node })),
  ];
  const now = context.clock.now();
  print(
    context,
    states.map(({ what, of, node }) => [
      span(`${what}: ${inWords(of, node, now)}`, of.ending || of.doubt ? "warn" : "plain"),
    ]),
  );
}

function inWords(state: MaintenanceState, node: NodeName | null, now: number): string {
  if (!state.on) return "no maintenance";
  const why = state.reason ?? "no reason given";
  return `on: ${why}; ${maintenanceEndText(state, now, node)}`;
}
