/** One change of a plan, or many alike, as lines: what, where, which fields, why, and which line of a file asked. */
import { type Kind, parseObjectId } from "../../reconciler/model/names.ts";
import type { ChangeReport, FieldReport, StepReport } from "../../reconciler/model/report.ts";
import { type Line, span } from "../../tui/view/line.ts";
import { shortValue } from "../../tui/view/text.ts";
import { changeTones, impactTones } from "../../tui/view/states.ts";
import { changeText, differingLines, newFieldsText } from "./field-text.ts";
import type { ChangeGroup } from "./plan-groups.ts";
import { shownId } from "./object-names.ts";
import { type Layout, namesIn, paragraph, placeOf } from "./layout.ts";

const indent = 4;

export function changeLines(group: ChangeGroup, layout: Layout): readonly Line[] {
  return [
    headLine(group, layout),
    ...membersLines(group, layout),
    ...fieldLines(group, layout),
    ...stepLines(group, layout),
    ...originLines(group, layout),
  ];
}

/** All of it on one line, for plans that would not fit a screen otherwise. */
export function changeLine(group: ChangeGroup, layout: Layout): Line {
  const { common, changes } = group;
  const fields = common.fields.map((field) => `${field.path} ${changeOf(field, common, layout)}`);
  const names =
    changes.length === 1 ? where(group, layout) : [span(`: ${namesIn(namesOf(changes), 24, layout.glyphs)}`)];
  return [
    ...signAndWord(group, layout),
    ...subject(group),
    ...names,
    ...impact(group),
    span(`  ${fields.join(", ")}`),
  ];
}

function headLine(group: ChangeGroup, layout: Layout): Line {
  return [...signAndWord(group, layout), ...subject(group), ...where(group, layout), ...impact(group)];
}

/** Sign and word: nobody has to see the colour. */
function signAndWord({ common }: ChangeGroup, { glyphs }: Layout): Line {
  return [span(`${glyphs.change[common.word]} ${common.word.padEnd(8)} `, changeTones[common.word])];
}

function subject({ changes }: ChangeGroup): Line {
  const [first] = changes;
  if (first === undefined) return [];
  const { kind } = parseObjectId(first.object);
  return [span(changes.length === 1 ? shownId(first.object) : `${changes.length} ${nouns[kind]}`, "title")];
}

const nouns: Readonly<Record<Kind, string>> = {
  Cluster: "clusters",
  Node: "nodes",
  Profile: "profiles",
  VM: "VMs",
  Network: "networks",
  StoragePool: "pools",
};

/** ` hv1 → hv2` of a migration, ` on hv1` of everything else that has a place. */
function where({ common, changes }: ChangeGroup, { glyphs }: Layout): Line {
  const [only] = changes;
  if (only === undefined || changes.length > 1 || only.target === null) return [];
  const from = common.word === "migrate" ? only.steps[0]?.node : undefined;
  return [span(from === undefined ? ` on ${only.target}` : ` ${from} ${glyphs.arrow} ${only.target}`)];
}

function impact({ common }: ChangeGroup): Line {
  return common.impact === "none" ? [] : [span("  "), span(`[${common.impact}]`, impactTones[common.impact])];
}

function membersLines({ changes, common }: ChangeGroup, layout: Layout): readonly Line[] {
  if (changes.length === 1) return [];
  const names = namesIn(namesOf(changes), (layout.cells - indent) * 2 - 8, layout.glyphs);
  const preposition = common.word === "migrate" ? "to" : "on";
  const places = countsOf(changes.flatMap(({ target }) => target ?? []));
  return [
    ...paragraph(indent, names, "plain", layout),
    ...(places === "" ? [] : paragraph(indent, `${preposition} ${places}`, "plain", layout)),
  ];
}

function namesOf(changes: readonly ChangeReport[]): readonly string[] {
  return changes.map(({ object }) => parseObjectId(object).name);
}

/** `hv1 (70), hv2 (60)`. */
function countsOf(values: readonly string[]): string {
  const counts = Map.groupBy(values, (value) => value);
  return [...counts].map(([value, all]) => `${value} (${all.length})`).join(", ");
}

function fieldLines({ common }: ChangeGroup, layout: Layout): readonly Line[] {
  const { fields } = common;
  if (fields.length === 0) return [];
  if (isBirth(common) && !layout.detail) {
    return paragraph(indent, newFieldsText(fields), "plain", layout);
  }
  const width = Math.max(...fields.map((field) => field.path.length));
  return fields.flatMap((field) => {
    const effect = effects[field.effect];
    const text = `${field.path.padEnd(width)}  ${changeOf(field, common, layout)}${effect === "" ? "" : `  ${effect}`}`;
    return [...paragraph(indent, text, "plain", layout), ...differingLines(indent, field, layout)];
  });
}

const effects: Readonly<Record<FieldReport["effect"], string>> = {
  "none": "",
  "live": "live",
  "migrate": "migrates",
  "next-restart": "at the next restart",
};

function changeOf(field: FieldReport, common: ChangeGroup["common"], layout: Layout): string {
  return isBirth(common) ? shortValue(field.new ?? "") : changeText(field, layout);
}

function isBirth({ word }: ChangeGroup["common"]): boolean {
  return word === "create" || word === "adopt";
}

/** One step is told by the word; several, or one that waits, are told one by one. */
function stepLines({ changes }: ChangeGroup, layout: Layout): readonly Line[] {
  const [only] = changes;
  if (only === undefined || changes.length > 1) return [];
  const tell = layout.detail || only.steps.length > 1 || only.steps.some((step) => step.waits !== null);
  if (!tell) return [];
  return only.steps.flatMap((step, index) =>
    paragraph(indent, `${index + 1}. ${stepText(step)}`, "plain", layout),
  );
}

function stepText({ text, waits }: StepReport): string {
  return waits === null ? text : `${text} (${waits.text})`;
}

/** Reasons that say no more than the change itself does. */
const plainReasons: ReadonlySet<string> = new Set(["document-changed", "document-removed", "changed-live"]);

function originLines({ changes }: ChangeGroup, layout: Layout): readonly Line[] {
  const reasons = new Set(changes.map(({ reason }) => (plainReasons.has(reason.code) ? "" : reason.text)));
  const [reason = ""] = reasons.size === 1 ? reasons : [];
  const places = changes.flatMap(({ source }) => (source === null ? [] : [placeOf(source, layout)]));
  const [place] = places;
  if (place === undefined) return reason === "" ? [] : paragraph(indent, reason, "muted", layout);
  const others = places.length === 1 ? "" : ` and ${places.length - 1} more places`;
  return paragraph(indent, `${place}${others}${reason === "" ? "" : `: ${reason}`}`, "muted", layout);
}
