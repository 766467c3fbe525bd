/** What several sections of the page are made of. */
import { formatTime as rfc3339 } from "../../../reconciler/desired/times.ts";
import type { SourcePosition } from "../../../reconciler/model/desired.ts";
import type { ReasonReport } from "../../../reconciler/model/report.ts";
import { groupDigits } from "../../../tui/view/amounts.ts";
import type { Tone } from "../../../tui/view/line.ts";
import { type Content, markup, type Markup, prose } from "./markup.ts";

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Content;
  /** right: figures. wide: sentences. */
  readonly as?: "right" | "wide";
}

/** A section with its heading; the address of one is `#<id>`. */
export function section(id: string, title: string, content: Content): Markup {
  return markup`<section aria-labelledby="${id}">
<h2 id="${id}">${title}</h2>
${content}
</section>
`;
}

/**
 * At most `max` of the rows, and how many more there are. The first column names what the row is about; another in which
 * nothing would stand is left out.
 */
export function tableOf<Row>(
  caption: Content,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  max: number,
): Markup {
  const shown = rows.slice(0, max);
  const filled = columns
    .map(({ cell, ...column }) => ({ ...column, cells: shown.map(cell) }))
    .filter(({ cells }, index) => index === 0 || cells.some((content) => content !== null));
  const heads = filled.map(({ title, as = "" }) => markup`<th scope="col" class="${as}">${title}</th>`);
  const lines = shown.map((_row, at) => {
    const cells = filled.map(({ cells: column, as = "" }, index) =>
      index === 0
        ? markup`<th scope="row">${column[at] ?? null}</th>`
        : markup`<td class="${as}">${column[at] ?? null}</td>`,
    );
    return markup`<tr>${cells}</tr>\n`;
  });
  return markup`<div class="table" role="group" tabindex="0">
<table>
<caption><div>${caption}</div></caption>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>
</table>
${more(rows.length - max)}</div>
`;
}

/** `… and 9,000 more`: lists are cut, and say so. */
export function more(number: number): Content {
  return number <= 0 ? null : markup`<p class="muted">… and ${groupDigits(number)} more</p>\n`;
}

/** Sign and word: nobody has to see the colour. */
export function signed(sign: string, word: string, tone: Tone): Markup {
  return markup`<span class="state ${tone}"><span class="sign" aria-hidden="true">${sign}</span> ${word}</span>`;
}

/** Something that must be seen before anything else. */
export function notice(tone: "warn" | "bad", text: Content): Markup {
  return markup`<p class="notice ${tone}"><strong>${text}</strong></p>\n`;
}

export function nothing(text: string): Markup {
  return markup`<p class="muted">${prose(text)}</p>\n`;
}

/** What is the matter, and below it what to do about it. */
export function reasonText({ text, advice }: ReasonReport): Content {
  return [prose(text), advice === null ? null : markup`<br><span class="muted">${prose(advice)}</span>`];
}

/** In UTC, to the second: the page is read elsewhere, and later. */
export function time(at: number): Markup {
  const text = rfc3339(Math.floor(at / 1000) * 1000);
  return markup`<time datetime="${text}">${text}</time>`;
}

/** `web.yaml:12`, relative to the folder. */
export function place(position: SourcePosition | null): Content {
  return position === null ? null : `${position.file}:${String(position.line)}`;
}
