import type { Command } from "commander";
import type { WhyReport } from "../../reconciler/control/why.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { warnIfFrozen } from "../frozen.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { printData } from "../output/answer.ts";
import { driftLines } from "../output/drift-text.ts";
import { heading, type Layout, layoutFor, paragraph, sections } from "../output/layout.ts";
import { type NamedObject, notFound, objectNamed } from "../output/object-names.ts";
import { print } from "../output/paint.ts";

/** `keel why`: the reasons for where something is, for its state, and for what comes next. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("why")
    .description("Say why a VM is where it is and as it is, why not elsewhere, and what happens next.")
    .argument("<object>", "vm/web1 or node/hv1")
    .argument("[name]", "the name, where the first word is the kind alone")
    .action(async (object: string, name: string | undefined, _options: object, self: Command) => {
      await using run = context(self);
      await why(objectNamed(object, name, ["VM", "Node"]), run);
    });
  withExamples(command, [
    ["keel why vm/web1", "why it is here, and why nowhere else"],
    ["keel why node/hv1", "why the node is in its state"],
  ]);
}

async function why({ kind, name }: NamedObject, context: Context): Promise<void> {
  const format = context.format(["table", "json", "yaml"]);
  const { whyNode, whyVm } = await import("../../reconciler/control/why.ts");
  const { viewOf } = await import("../view.ts");
  const { state, plan, now } = viewOf(await context.feed(), context);
  warnIfFrozen(state, context);
  const report = kind === "VM" ? whyVm(state, plan, name, now) : whyNode(state, plan, name);
  if (report === null) {
    const known = kind === "VM" ? plan.vms.keys() : plan.nodes.keys();
    throw notFound(kind === "VM" ? "VM" : "node", kind === "VM" ? "vms" : "nodes", name, known);
  }
  if (format === "table") print(context, whyLines(report, kind === "VM", layoutFor(context)));
  else await printData(context, format, report);
}

function whyLines(report: WhyReport, isVm: boolean, layout: Layout): readonly Line[] {
  return sections([
    [...headLines(report, isVm, layout), ...originLines(report, isVm, layout)],
    driftLines(report.drift, layout),
    elsewhereLines(report, layout),
    nextLines(report, layout),
  ]);
}

/** `vm/web1 is running on hv2: it runs on hv2, away from home hv1 (flush)`. */
function headLines(
  { object, state, node, reason }: WhyReport,
  isVm: boolean,
  layout: Layout,
): readonly Line[] {
  const subject = `${object.replace(/^[^/]+/, isVm ? "vm" : "node")} is ${state}${node === null ? "" : ` on ${node}`}`;
  return [
    [span(subject, "title")],
    ...paragraph(2, `because ${reason.text}`, "plain", layout),
    ...(reason.advice === null ? [] : paragraph(2, reason.advice, "plain", layout)),
  ];
}

function originLines({ home, displaced, source }: WhyReport, isVm: boolean, layout: Layout): readonly Line[] {
  const { directoryName } = layout;
  const place =
    source === null
      ? "no document asks for it"
      : `asked for by ${directoryName.replace(/\/+$/, "")}/${source}`;
  const homeText = home === null ? "it has no home yet" : `its home is ${home}`;
  const away = displaced === null ? "" : `, and it is displaced: ${displaced}`;
  return [
    ...(isVm ? paragraph(2, homeText + away, "plain", layout) : []),
    ...paragraph(2, place, "plain", layout),
  ];
}

function elsewhereLines({ elsewhere }: WhyReport, layout: Layout): readonly Line[] {
  if (elsewhere.length === 0) return [];
  const width = Math.max(...elsewhere.map(({ node }) => node.length));
  return [
    heading("Why not elsewhere"),
    ...elsewhere.flatMap(({ node, usable, text }) => {
      const sign: Line = [
        span(`  ${node.padEnd(width)}  `),
        span(usable ? "could" : "no   ", usable ? "ok" : "warn"),
        span("  "),
      ];
      return withHanging(sign, width + 11, text.replace(/^usable; /, ""), layout);
    }),
  ];
}

/** The text beside `start`, its further lines below its first. */
function withHanging(start: Line, indent: number, text: string, layout: Layout): readonly Line[] {
  const [first = [], ...rest] = paragraph(indent, text, "plain", layout);
  const own = first.map(({ text: words, tone }) => span(words.trimStart(), tone));
  return [[...start, ...own], ...rest];
}

function nextLines({ next }: WhyReport, layout: Layout): readonly Line[] {
  const lines = next.length === 0 ? ["nothing: it is as it should be, or waits for somebody"] : next;
  return [heading("What happens next"), ...lines.flatMap((line) => paragraph(2, line, "plain", layout))];
}
