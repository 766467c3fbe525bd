import type { Command } from "commander";
import type { FieldHelp } from "../../reconciler/desired/schema/field-help.ts";
import { KeelError } from "../../reconciler/model/errors.ts";
import { kinds } from "../../reconciler/model/names.ts";
import { type Line, span } from "../../tui/view/line.ts";
import type { Context, ContextFactory } from "../context.ts";
import { withExamples } from "../examples.ts";
import { printData } from "../output/answer.ts";
import { heading, type Layout, layoutFor, paragraph, sections } from "../output/layout.ts";
import { kindOf, kindWord, unknownKind } from "../output/object-names.ts";
import { print } from "../output/paint.ts";

/** `keel explain`: what may be written in the files. Needs neither a store nor a folder. */
export function register(program: Command, context: ContextFactory): void {
  const command = program
    .command("explain")
    .description("Say what a kind of document, or a field of it, means, and what may be written there.")
    .argument("<field>", "vm, vm.limits, node.bmc.password")
    .action(async (field: string, _options: object, self: Command) => {
      await using run = context(self);
      await explain(field, run);
    });
  withExamples(command, [
    ["keel explain vm", "the fields of a VM"],
    ["keel explain vm.limits", "one of them"],
    ["keel explain vm.disks.size", "entries of lists need no number"],
  ]);
}

/** @throws KeelError `usage` where there is no such kind, `not-found` where there is no such field */
async function explain(field: string, context: Context): Promise<void> {
  const format = context.format(["table", "json"]);
  const { fieldHelp } = await import("../../reconciler/desired/schema/field-help.ts");
  const [word = "", ...path] = field.split(".").filter((part) => part !== "");
  const kind = kindOf(word);
  if (kind === null) throw unknownKind(word, kinds.map(kindWord));
  const result = fieldHelp(kind, path);
  if (!result.ok) {
    const { missing, known, meant } = result;
    const advice = meant === undefined ? `It has: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    throw new KeelError("usage", {
      problem: `There is no field ${missing}. ${known.length === 0 ? "It has no fields." : advice}`,
    });
  }
  if (format === "json") {
    const { standard, ...help } = result.help;
    await printData(context, format, { ...help, ...(standard === undefined ? {} : { default: standard }) });
    return;
  }
  const { inlineYaml } = await import("../../reconciler/desired/yaml/write-yaml.ts");
  print(context, helpLines(result.help, inlineYaml, layoutFor(context)));
}

type Yaml = (value: unknown) => string;

function helpLines(help: FieldHelp, yaml: Yaml, layout: Layout): readonly Line[] {
  const { field, wants, required, description, standard, examples } = help;
  const name = field.split(".").at(-1) ?? field;
  const isField = field.includes(".");
  const example = examples[0];
  return sections([
    [[span(field, "title"), span(`  ${wants}${isField && required ? ", required" : ""}`)]],
    description === "" ? [] : paragraph(2, description, "plain", layout),
    standard === undefined ? [] : paragraph(2, `default: ${yaml(standard)}`, "plain", layout),
    !isField || example === undefined
      ? []
      : paragraph(2, `example: ${name}: ${yaml(example)}`, "plain", layout),
    help.fields.length === 0
      ? []
      : [heading("Fields"), ...help.fields.flatMap((inner) => innerLines(inner, layout))],
  ]);
}

function innerLines(inner: FieldHelp["fields"][number], layout: Layout): readonly Line[] {
  return [
    [
      span(`  ${inner.name}`, "title"),
      span(`  ${inner.wants}${inner.required ? ", required" : ""}`, "muted"),
    ],
    ...paragraph(4, inner.description, "plain", layout),
  ];
}
