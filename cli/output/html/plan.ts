/** What the watched folder says beyond what is applied: the plan as the leader's reconciler made it last. */
import type {
  ChangeReport,
  ClusterReport,
  PlanReport,
  SourceReport,
} from "../../../reconciler/model/report.ts";
import { unicodeGlyphs as glyphs } from "../../../tui/view/glyphs.ts";
import { textOf } from "../../../tui/view/line.ts";
import { sourceVerdict } from "../../../tui/view/source-entries.ts";
import { changeTones, impactTones } from "../../../tui/view/states.ts";
import { changeFields } from "../field-text.ts";
import { shownId } from "../object-names.ts";
import { summarySentence } from "../plan-sentences.ts";
import { undoHeading } from "../undo-text.ts";
import { type Content, markup, type Markup, prose } from "./markup.ts";
import { type Column, more, notice, place, reasonText, section, signed, tableOf } from "./parts.ts";

const rowsMax = 200;
const linesMax = 20;

const columns: readonly Column<ChangeReport>[] = [
  { title: "Object", cell: ({ object }) => shownId(object) },
  { title: "Change", cell: ({ word }) => signed(glyphs.change[word], word, changeTones[word]) },
  { title: "Fields", cell: (change) => lines(changeFields(change, { glyphs })), as: "wide" },
  { title: "Impact", cell: ({ impact }) => markup`<span class="${impactTones[impact]}">${impact}</span>` },
  { title: "Node", cell: ({ target }) => target },
  { title: "Why and how", cell: how, as: "wide" },
  { title: "From", cell: ({ source }) => place(source) },
];

export function planSection({ source }: ClusterReport): Markup {
  const verdict = prose(textOf(sourceVerdict(source, glyphs)));
  return section("plan", "Pending edits", [
    markup`<p>${verdict}.</p>\n`,
    source === null ? null : problems(source),
    source?.pending == null ? null : planContent(source.pending, source.directory),
  ]);
}

function problems({ problems: found }: SourceReport): Content {
  return found.map((problem) => markup`<pre>${problem.split("\n").map((line) => markup`${line}\n`)}</pre>\n`);
}

function planContent(plan: PlanReport, directoryName: string): Content {
  const { changes, warnings, undo } = plan;
  const subject = { directoryName, changesIntent: changes.length > 0 };
  return [
    undo === null ? null : notice("warn", undoHeading(undo, directoryName)),
    warnings.length === 0
      ? null
      : markup`<ul class="warn">${warnings.slice(0, linesMax).map(item)}</ul>\n${more(warnings.length - linesMax)}`,
    changes.length === 0
      ? markup`<p>${summarySentence(plan, subject)}</p>\n`
      : tableOf(summarySentence(plan, subject), columns, changes, rowsMax),
  ];
}

function lines(texts: readonly string[]): Content {
  const shown = texts.slice(0, linesMax).map((text) => markup`<div>${text}</div>`);
  return [shown, more(texts.length - linesMax)];
}

function item(text: string): Markup {
  return markup`<li>${text}</li>`;
}

function how({ reason, steps }: ChangeReport): Content {
  if (steps.length === 0) return reasonText(reason);
  const entries = steps
    .slice(0, linesMax)
    .map(({ text, waits }) => item(waits === null ? text : `${text} (${waits.text})`));
  return [reasonText(reason), markup`<ol>${entries}</ol>`, more(steps.length - linesMax)];
}
